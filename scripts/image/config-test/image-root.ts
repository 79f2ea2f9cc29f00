import path from 'node:path';
import { digestOf } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { step } from '../../core/events.ts';
import { makeFolderBelow } from '../../host/below/files-below.ts';
import { cachedFolder, hasCachedFolder } from '../../host/cache/cached-folder.ts';
import type { Host } from '../../host/host.ts';
import type { LockedPackage } from '../../packages/lock/format/schema.ts';
import { openLocked } from '../../packages/package-files.ts';
import type { PackageFile } from '../../packages/package-files.ts';
import { installPackages } from '../root/install-packages.ts';
import { runPackageScripts } from '../root/run-scripts.ts';

/** The root that a node has before its overlay is laid over it: read only. */
export interface ImageRoot {
  /** Of everything that decides its content. */
  readonly digest: Sha256;
  /**
   * Absolute path. The folder is held against the list of its digests at the first call, and laid out again where it is
   * damaged: most runs know what it would tell them, and do not need it.
   */
  readonly folder: () => Promise<string>;
}

/** Kind of cache entry. */
export const IMAGE_ROOTS = 'image-roots';

/** Raised whenever the same packages are laid out in another way. */
const LAYOUT_VERSION = 1;

/** The names that the kernel and OpenRC mount, or that the sandbox does. */
const MOUNT_POINTS = ['proc', 'dev', 'sys', 'tmp', 'run'];

/** @param packages of the image, in install order */
function imageRootDigest(packages: readonly LockedPackage[]): Sha256 {
  return digestOf({ layout: LAYOUT_VERSION, packages: packages.map(({ sha256 }) => sha256) });
}

/** Whether the cache has the root of these packages. @param packages in install order */
export async function hasImageRoot(
  host: Host,
  packages: readonly LockedPackage[],
): Promise<boolean> {
  return await hasCachedFolder(host, IMAGE_ROOTS, imageRootDigest(packages));
}

/**
 * Lays out the locked packages of an image as its own apk would, or finds them laid out in the cache. Of the packages'
 * scripts only BusyBox's run, which link its applets: accounts come with the overlays, the rest happens at boot.
 *
 * @param packages in install order
 * @param files gives the packages' files, in the same order
 * @throws VipisoError malformed-package, digest-mismatch, disk-full, permission
 */
export async function layImageRoot(
  host: Host,
  packages: readonly LockedPackage[],
  files: () => Promise<readonly PackageFile[]>,
): Promise<ImageRoot> {
  const digest = imageRootDigest(packages);
  let laid: Promise<string> | undefined;
  const root = {
    digest,
    folder: async () => await (laid ??= layOut(host, digest, files)),
  };
  if (!(await hasImageRoot(host, packages))) await root.folder();
  return root;
}

async function layOut(
  host: Host,
  digest: Sha256,
  files: () => Promise<readonly PackageFile[]>,
): Promise<string> {
  const log = path.join(host.cacheFolder, 'logs', `image-root-${digest.slice(0, 12)}.log`);
  const { path: folder } = await cachedFolder(host, IMAGE_ROOTS, digest, async (fresh) => {
    const title = 'Unpacking the packages of the images';
    await step(host.report, { id: 'image-root', title }, async () => {
      const installed = await installPackages(fresh, openLocked(host, await files()));
      for (const name of MOUNT_POINTS) makeFolderBelow(fresh, name, 'refuse');
      await runPackageScripts(host, fresh, installed, {
        select: (name) => name === 'busybox',
        log,
      });
    });
  });
  return folder;
}
