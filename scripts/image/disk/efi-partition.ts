import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { runTool } from '../../host/process/run.ts';
import type { IsoImage } from '../iso9660/iso-image.ts';
import { LAYOUT } from '../layout.ts';

/**
 * Bytes of the EFI system partition. On a disk it has to be FAT32 (UEFI specification, 13.3.1.1), which begins at 65525
 * clusters (Microsoft FAT specification, 3.5): with clusters of one sector that is some 33 MiB, nearly all of it holes.
 */
const EFI_PARTITION_BYTES = 34 * 1024 * 1024;
const GEOMETRY = ['-T', String(EFI_PARTITION_BYTES / 512), '-h', '64', '-s', '32', '-c', '1'];

/** The loaders of a medium, by path on it. */
export function efiLoaders({ entries }: IsoImage): readonly string[] {
  return [...entries.values()]
    .filter(({ path: file, type }) => type === 'file' && file.startsWith(`${LAYOUT.efiLoaders}/`))
    .map(({ path: file }) => file)
    .sort();
}

/**
 * Makes the EFI system partition of a disk, with the loaders that the medium has.
 *
 * @param folder absolute path of a private folder
 * @returns absolute path of the partition's image in it
 */
export async function makeEfiPartition(
  host: Host,
  image: IsoImage,
  { folder, epoch }: { readonly folder: string; readonly epoch: number },
): Promise<string> {
  const name = 'efi.fat';
  for (const file of efiLoaders(image)) {
    const to = path.join(folder, file);
    await mkdir(path.dirname(to), { recursive: true });
    await writeFile(to, await image.read(file));
  }
  // mtools gives names of images with a `$` to a shell, and takes `@@` for an offset: no folder of the user's is named.
  const call = { cwd: folder, env: { SOURCE_DATE_EPOCH: String(epoch), TZ: 'UTC' } };
  const format = ['-i', name, '-C', '-F', ...GEOMETRY, '-N', '0', '::'];
  await runTool(host, { ...call, tool: 'mformat', args: format });
  await runTool(host, { ...call, tool: 'mcopy', args: ['-i', name, '-s', 'efi', '::'] });
  return path.join(folder, name);
}
