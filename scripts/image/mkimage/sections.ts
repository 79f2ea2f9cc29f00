import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Sha256 } from '../../core/digest.ts';
import { copyTree } from '../../host/below/copy-tree.ts';
import { cachedFolder, findCachedFolder } from '../../host/cache/cached-folder.ts';
import { listFolder } from '../../host/cache/digest-list.ts';
import type { ListedEntry } from '../../host/cache/digest-list.ts';
import { ioError, isErrno } from '../../host/fs/errno.ts';
import type { Host } from '../../host/host.ts';

/**
 * Folders of mkimage's work folder that no node has a part in and that cost time. The others are made again by every
 * run: what holds a node's secrets does not stay in the cache.
 */
const SHARED = /^(kernel|apks|syslinux|grub_efi)_(?!.*cfg)[A-Za-z0-9_]*$/;
const KIND = 'mkimage-sections';

/**
 * Runs mkimage with copies of the sections of an earlier run of the same inputs in its work folder, and keeps copies for
 * later runs if there were none. mkimage must never run twice in one folder at a time, so every run has its own; and what
 * one run may write to shares no inode with what others start from.
 *
 * @param key digest of all inputs of the sections
 * @param work absolute path of the run's empty work folder
 * @param make runs mkimage
 * @param take looks at what it made. It is given the sections' files: those that were kept, or those that were made now
 */
export async function withSections<T>(
  host: Host,
  key: Sha256,
  work: string,
  { make, take }: { make: () => Promise<void>; take: (files: SectionFiles) => Promise<T> },
): Promise<T> {
  const kept = await findCachedFolder(host, KIND, key);
  if (kept !== undefined) {
    for (const name of await sharedIn(kept.path)) await copyTree({ root: kept.path, name }, work);
  }
  await make();
  const taken = await take(
    kept === undefined ? await sectionFiles(host, work) : filesOf(kept.entries),
  );
  if (kept !== undefined) return taken;
  await cachedFolder(host, KIND, key, async (fresh) => {
    for (const name of await sharedIn(work)) {
      await copyTree({ root: work, name }, fresh);
    }
  });
  return taken;
}

/** SHA-256 of the files that the sections put onto every image, by path on the medium. */
export type SectionFiles = ReadonlyMap<string, Sha256>;

/** The files of the sections in a work folder. @param work absolute path; nothing writes to it any more */
export async function sectionFiles(host: Host, work: string): Promise<SectionFiles> {
  const entries: ListedEntry[] = [];
  for (const name of await sharedIn(work)) {
    const listed = await listFolder(host, path.join(work, name));
    entries.push(...listed.map((entry) => ({ ...entry, path: `${name}/${entry.path}` })));
  }
  return filesOf(entries);
}

/** mkimage lays all sections into one tree, and what links there lead to in their place. */
function filesOf(entries: readonly ListedEntry[]): SectionFiles {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const files = new Map<string, Sha256>();
  for (const entry of entries) {
    const target = path.posix.join(path.posix.dirname(entry.path), entry.content);
    const content = entry.type === 'link' ? byPath.get(target) : entry;
    if (content?.type !== 'file') continue;
    files.set(entry.path.slice(entry.path.indexOf('/') + 1), content.content as Sha256);
  }
  return files;
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
