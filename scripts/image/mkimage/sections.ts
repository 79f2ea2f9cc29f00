import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Sha256 } from '../../core/digest.ts';
import { copyTree } from '../../host/below/copy-tree.ts';
import { cachedFolder } from '../../host/cached-folder.ts';
import { ioError, isErrno } from '../../host/errno.ts';
import type { Host } from '../../host/host.ts';

/**
 * Folders of mkimage's work folder that no node has a part in and that cost time. The others are made anew by every
 * run: what holds a node's secrets does not stay in the cache.
 */
const SHARED = /^(kernel|apks|syslinux|grub_efi)_(?!.*cfg)[A-Za-z0-9_]*$/;

/**
 * Runs mkimage with copies of the sections of an earlier run of the same inputs in its work folder, and keeps copies for
 * later runs if there were none. mkimage must never run twice in one folder at a time, so every run has its own; and what
 * one run may write to shares no inode with what others start from.
 *
 * @param key digest of all inputs of the sections
 * @param work absolute path of the run's empty work folder
 * @param run runs mkimage and judges what it made
 */
export async function withSections<T>(
  host: Host,
  key: Sha256,
  work: string,
  run: () => Promise<T>,
): Promise<T> {
  const kind = 'mkimage-sections';
  const kept = path.join(host.cacheFolder, kind, key);
  for (const name of await sharedIn(kept)) await copyTree({ root: kept, name }, work);
  const result = await run();
  await cachedFolder(host, kind, key, async (fresh) => {
    for (const name of await sharedIn(work)) {
      await copyTree({ root: work, name }, fresh);
    }
  });
  return result;
}

async function sharedIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && SHARED.test(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw ioError(error, 'list the sections', folder);
  }
}
