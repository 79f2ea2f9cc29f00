import path from 'node:path';
import { VipisoError } from '../../../core/errors.ts';
import { makeFolderBelow, readBelow } from '../../../host/below/files-below.ts';
import type { Host } from '../../../host/host.ts';
import { runTool } from '../../../host/process/run.ts';
import type { Profile } from '../../profile.ts';
import type { ModuleSelection } from '../../modules/selection.ts';
import { copyFirmware } from './firmware.ts';
import type { KernelFiles } from './kernel-files.ts';
import { refreshModuleIndex } from './module-index.ts';
import type { WorkRoot } from './work-root.ts';

/**
 * Packs the root's kernel modules, and the firmware they name, into the squashfs that OpenRC's modloop service mounts:
 * `/modules/<version>` and `/modules/firmware`. The modules are unpacked first, because the squashfs compresses them
 * better, and their index is made again for those that are kept.
 *
 * @param output absolute path of the file to make
 */
export async function makeModloop(
  host: Host,
  work: WorkRoot,
  kernel: KernelFiles,
  options: {
    readonly modloop: Profile['modloop'];
    readonly selection: ModuleSelection | undefined;
    readonly output: string;
  },
): Promise<void> {
  const compression = await compressionArguments(work.root, kernel, options.modloop);
  await refreshModuleIndex(host, work, kernel.version, options.selection);
  makeFolderBelow(work.root, 'lib/modules/firmware', 'inside');
  await copyFirmware(host, work, kernel.version);
  // No program of the root runs any more: the path is what it was found to be.
  const modules = path.join(work.root, makeFolderBelow(work.root, 'lib/modules', 'inside'));
  await runTool(host, {
    tool: 'mksquashfs',
    args: [
      ...[modules, options.output, '-keep-as-directory', ...compression],
      ...['-all-root', '-no-xattrs', '-noappend', '-exit-on-error', '-no-progress', '-quiet'],
    ],
    env: { SOURCE_DATE_EPOCH: String(work.epoch) },
    log: work.log,
  });
}

const KERNEL_SETTINGS = { zstd: 'CONFIG_SQUASHFS_ZSTD', xz: 'CONFIG_SQUASHFS_XZ' };

/** A kernel that cannot read its own modules' image boots without a network: found out here instead. */
async function compressionArguments(
  root: string,
  kernel: KernelFiles,
  modloop: Profile['modloop'],
): Promise<readonly string[]> {
  const setting = KERNEL_SETTINGS[modloop.compression];
  const config = await readBelow({ root, file: kernel.config, links: 'inside' });
  if (!(config ?? '').toString().split('\n').includes(`${setting}=y`)) {
    throw new VipisoError(
      'image-wrong',
      `kernel ${kernel.version} cannot read a modloop compressed by ${modloop.compression}: ${setting} is not set`,
      { hint: 'Set another modloop.compression in the image profile.' },
    );
  }
  return modloop.compression === 'zstd'
    ? ['-comp', 'zstd', '-Xcompression-level', String(modloop.level)]
    : ['-comp', 'xz'];
}
