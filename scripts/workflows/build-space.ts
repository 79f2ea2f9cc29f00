import { requireSpace } from '../host/disk-space.ts';
import type { Host } from '../host/host.ts';
import { closureOf } from '../lockfile/closure.ts';
import type { Lockfile, Purpose } from '../lockfile/schema.ts';

/** Unpacked packages, unpacked modules and the initramfs's staging folder, per byte of compressed packages. */
const ROOT_FACTOR = 6;
/** The boot files of an image are about as large as the packages that they come from, boot loaders apart. */
const BOOT_FACTOR = 1;

/**
 * Makes sure that the build will not run out of space half-way, by generous estimates from the lock.
 * @throws VipisoError disk-full, permission
 */
export async function requireBuildSpace(
  host: Host,
  lock: Lockfile,
  { out, nodes }: { readonly out: string; readonly nodes: number },
): Promise<void> {
  const bytesOf = (purpose: Purpose): number =>
    closureOf(lock, purpose).reduce((sum, { size }) => sum + size, 0);
  const image = bytesOf('image') + BOOT_FACTOR * bytesOf('kernel');
  await requireSpace([
    {
      folder: host.cacheFolder,
      bytes: ROOT_FACTOR * bytesOf('kernel') + image,
      what: 'the work files',
    },
    { folder: out, bytes: nodes * image, what: nodes === 1 ? 'the image' : 'the images' },
  ]);
}
