import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { ioError, isErrno } from '../fs/errno.ts';
import { removeTree } from '../fs/remove-tree.ts';
import { tempName, withTempFolder } from '../fs/temp-folder.ts';
import type { Host } from '../host.ts';
import { damageOf, formatList, listFolder, parseList } from './digest-list.ts';
import type { ListedEntry } from './digest-list.ts';
import { useCache } from './lease.ts';
import { markUsed } from './mark-used.ts';

/** A folder in the cache: `cached` tells that an earlier run (or a concurrent one) had made it. */
export interface CachedFolder {
  readonly path: string;
  readonly cached: boolean;
  /** What is in it: at this use it was found to be what it was when it was made. */
  readonly entries: readonly ListedEntry[];
}

/** Parts of an entry: what was made, and the list of its digests. */
const CONTENT = 'content';
const LIST = 'digests';
/** Damaged files that a warning names. */
const NAMED = 3;

/**
 * A folder derived from inputs, made once: `<cache>/<kind>/<key>/content`, where `key` is a digest of everything that
 * decides its content. `build` fills a private folder which then appears under the key by one rename, together with a
 * list of its digests, so a folder that is there is complete; of two runs that build the same key the later one
 * discards its work. At each use the folder is held against its list: one that differs is reported, removed and made again.
 * Treat the result as read-only.
 */
export async function cachedFolder(
  host: Host,
  kind: string,
  key: string,
  build: (folder: string) => Promise<void>,
): Promise<CachedFolder> {
  const found = await findCachedFolder(host, kind, key);
  if (found !== undefined) return found;
  const kindFolder = path.join(host.cacheFolder, kind);
  return await withTempFolder(host, kindFolder, async (temp) => {
    const fresh = path.join(temp, 'entry');
    const content = path.join(fresh, CONTENT);
    await mkdir(content, { recursive: true });
    await build(content);
    const entries = await listFolder(host, content);
    await writeFile(path.join(fresh, LIST), formatList(entries));
    const target = path.join(kindFolder, key);
    if (await settle(fresh, target)) {
      return { path: path.join(target, CONTENT), cached: false, entries };
    }
    // Of another run, which was faster.
    return (
      (await findCachedFolder(host, kind, key)) ?? (await cachedFolder(host, kind, key, build))
    );
  });
}

/** The same folder where an earlier run made it; undefined where none did, or where it is damaged. */
export async function findCachedFolder(
  host: Host,
  kind: string,
  key: string,
): Promise<CachedFolder | undefined> {
  await useCache(host);
  const target = path.join(host.cacheFolder, kind, key);
  const identity = await identityOf(target);
  if (identity === undefined) return undefined;
  const content = path.join(target, CONTENT);
  const wanted = await readList(target);
  const found = await listIfThere(host, content);
  const damage =
    wanted === undefined ? ['the list of its digests is damaged'] : damageOf(wanted, found);
  if (wanted !== undefined && damage.length === 0) {
    await markUsed(host, target);
    return { path: content, cached: true, entries: wanted };
  }
  // A concurrent run has found the same, and may have made it again.
  if ((await identityOf(target)) !== identity) return await findCachedFolder(host, kind, key);
  await drop(target);
  const more = damage.length > NAMED ? ` and ${damage.length - NAMED} more` : '';
  host.report({
    type: 'note',
    level: 'warning',
    text: `The cache held a damaged folder, which was removed: ${target} (${damage.slice(0, NAMED).join(', ')}${more})`,
  });
  return undefined;
}

/** Whether an earlier run made the folder; what is in it is not looked at. */
export async function hasCachedFolder(host: Host, kind: string, key: string): Promise<boolean> {
  await useCache(host);
  return (await identityOf(path.join(host.cacheFolder, kind, key))) !== undefined;
}

/** Inode number of a folder; undefined where there is none. */
async function identityOf(target: string): Promise<number | undefined> {
  try {
    const about = await stat(target);
    return about.isDirectory() ? about.ino : undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw ioError(error, 'read the cache', target);
  }
}

/** @returns undefined for a list that is missing or damaged */
async function readList(target: string): Promise<readonly ListedEntry[] | undefined> {
  const file = path.join(target, LIST);
  try {
    return parseList(await readFile(file, 'utf8'));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EISDIR', 'ENOTDIR')) return undefined;
    throw ioError(error, 'read the cache', file);
  }
}

/** Empty also for a folder that goes while it is listed. */
async function listIfThere(host: Host, content: string): Promise<readonly ListedEntry[]> {
  if ((await identityOf(content)) === undefined) return [];
  return await listFolder(host, content).catch((error: unknown) => {
    if (error instanceof VipisoError && error.code === 'not-found') return [];
    throw error;
  });
}

/** Goes by one rename: what is there is never a part of it. */
async function drop(target: string): Promise<void> {
  const aside = path.join(path.dirname(target), tempName());
  try {
    await rename(target, aside);
  } catch (error) {
    // A concurrent run found the same.
    if (isErrno(error, 'ENOENT')) return;
    throw ioError(error, 'drop from the cache', target);
  }
  await removeTree(aside);
}

/** @returns false when another run was faster and `fresh` is not needed */
async function settle(fresh: string, target: string): Promise<boolean> {
  try {
    await rename(fresh, target);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) return false;
    throw ioError(error, 'write the cache', target);
  }
}
