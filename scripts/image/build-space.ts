import type { ImageModel } from '../cluster/model.ts';
import { requireSpace } from '../host/fs/disk-space.ts';
import type { Host } from '../host/host.ts';
import { closureOf } from '../packages/lock/format/closure.ts';
import type { Lockfile, Purpose } from '../packages/lock/format/schema.ts';

/** Unpacked packages, unpacked modules and the initramfs's staging folder, per byte of compressed packages. */
const ROOT_FACTOR = 6;
/** mkimage's tools, unpacked, per byte of their packages. */
const BUILDER_FACTOR = 3;
/** The boot files of an image are about as large as the packages that they come from, boot loaders apart. */
const BOOT_FACTOR = 1;

/**
 * Makes sure that the build will not run out of space half-way, by generous estimates from the lock.
 * @throws VipisoError disk-full, permission
 */
export async function requireBuildSpace(
  host: Host,
  lock: Lockfile,
  about: {
    readonly out: string;
    readonly nodes: number;
    readonly engine: ImageModel['engine'];
  },
): Promise<void> {
  const { out, nodes, engine } = about;
  const bytesOf = (purpose: Purpose): number =>
    closureOf(lock, purpose).reduce((sum, { size }) => sum + size, 0);
  const image = bytesOf('image') + BOOT_FACTOR * bytesOf('kernel');
  // mkimage leaves its images in its own folder before they are moved out.
  const mkimage = engine === 'mkimage' ? BUILDER_FACTOR * bytesOf('builder') + nodes * image : 0;
  await requireSpace([
    {
      folder: host.cacheFolder,
      bytes: ROOT_FACTOR * bytesOf('kernel') + image + mkimage,
      what: 'the work files',
    },
    { folder: out, bytes: nodes * image, what: nodes === 1 ? 'the image' : 'the images' },
  ]);
}
