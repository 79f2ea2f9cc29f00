import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../../core/errors.ts';
import { takeBelow } from '../../../host/below/files-below.ts';
import type { Host } from '../../../host/host.ts';
import { runTool } from '../../../host/process/run.ts';
import { grubEarlyConfig } from '../../boot-config.ts';
import { EFI_PLATFORM, grubModules } from '../../grub-modules.ts';
import { LAYOUT } from '../../layout.ts';
import type { Profile } from '../../profile.ts';
import type { ReleaseId } from '../../release-id.ts';
import { INPUTS, RESULTS, runInRoot } from './work-root.ts';
import type { WorkRoot } from './work-root.ts';

const SYSLINUX_FILES = [
  'isohdpfx.bin',
  'isolinux.bin',
  'ldlinux.c32',
  'libutil.c32',
  'libcom32.c32',
  'mboot.c32',
];

/**
 * Copies what BIOS machines start from. @param tree absolute path of the medium's tree
 *
 * @throws VipisoError image-wrong: the package lacks a file
 */
export async function copySyslinux(work: WorkRoot, tree: string): Promise<void> {
  const folder = path.join(tree, LAYOUT.syslinux);
  await mkdir(folder, { recursive: true });
  for (const name of SYSLINUX_FILES) {
    const file = `usr/share/syslinux/${name}`;
    const where = { root: work.root, file, links: 'inside' } as const;
    if (await takeBelow(where, path.join(folder, name))) continue;
    throw new VipisoError('image-wrong', `package syslinux holds no ${file}`);
  }
}

/** The file that x86_64 firmware starts from removable media (UEFI specification, 3.5.1.1). */
const EFI_LOADER = 'bootx64.efi';

/** Makes what UEFI machines start from: GRUB as one file, and a FAT image that holds it. */
export async function makeEfi(
  host: Host,
  work: WorkRoot,
  tree: string,
  options: {
    readonly profileName: string;
    readonly profile: Profile;
    readonly release: ReleaseId;
  },
): Promise<void> {
  const modules = await grubModules(work.root, options);
  const loader = path.join(tree, LAYOUT.efiLoaders, EFI_LOADER);
  await mkdir(path.dirname(loader), { recursive: true });
  await runInRoot(
    host,
    work,
    [
      ...(['grub-mkimage', `--config=${INPUTS}/grub-early.cfg`, '--prefix=/boot/grub'] as const),
      ...[`--directory=/usr/lib/grub/${EFI_PLATFORM}`, `--format=${EFI_PLATFORM}`],
      ...['--compression=xz', `--output=${RESULTS}/${EFI_LOADER}`],
      ...modules,
    ],
    {
      inputs: new Map([['grub-early.cfg', grubEarlyConfig(options.release)]]),
      results: new Map([[EFI_LOADER, loader]]),
    },
  );
  await makeFatImage(host, work, tree, (await stat(loader)).size);
}

async function makeFatImage(
  host: Host,
  work: WorkRoot,
  tree: string,
  contentBytes: number,
): Promise<void> {
  const image = LAYOUT.efiImage;
  await mkdir(path.dirname(path.join(tree, image)), { recursive: true });
  // mtools gives names of images with a `$` to a shell, and takes `@@` for an offset: no folder of the user's is named.
  const call = { cwd: tree, env: { SOURCE_DATE_EPOCH: String(work.epoch) }, log: work.log };
  await runTool(host, {
    ...call,
    tool: 'mformat',
    args: ['-i', image, '-C', ...fatGeometry(contentBytes), '-N', '0', '::'],
  });
  await runTool(host, {
    ...call,
    tool: 'mcopy',
    args: ['-i', image, '-s', 'efi', '::'],
  });
}

/** Space for the FATs and folders of a floppy-sized file system (Microsoft FAT specification, section 3). */
const FAT_OVERHEAD_BYTES = 64 * 1024;

/** The floppy size that mkimage uses while the content fits, else a disk of as many whole cylinders of 1 MiB. */
export function fatGeometry(contentBytes: number): string[] {
  const needed = contentBytes + FAT_OVERHEAD_BYTES;
  const floppy = [1440, 2880].find((kib) => needed <= kib * 1024);
  if (floppy !== undefined) return ['-f', String(floppy)];
  return ['-t', String(Math.ceil(needed / 2 ** 20) + 1), '-h', '64', '-s', '32'];
}
