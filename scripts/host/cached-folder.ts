import { mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { useCache } from './cache/lease.ts';
import { ioError, isErrno } from './errno.ts';
import type { Host } from './host.ts';
import { markUsed } from './mark-used.ts';
import { withTempFolder } from './temp-folder.ts';

/** A folder in the cache: `cached` tells that an earlier run (or a concurrent one) had made it. */
export interface CachedFolder {
  readonly path: string;
  readonly cached: boolean;
}

/**
 * A folder derived from inputs, made once: `<cache>/<kind>/<key>`, where `key` is a digest of everything that
 * decides its content. `build` fills a private folder which then appears under the key by one rename, so a
 * folder that is there is complete; of two runs that build the same key the later one discards its work.
 * Treat the result as read-only.
 */
export async function cachedFolder(
  host: Host,
  kind: string,
  key: string,
  build: (folder: string) => Promise<void>,
): Promise<CachedFolder> {
  await useCache(host);
  const kindFolder = path.join(host.cacheFolder, kind);
  const target = path.join(kindFolder, key);
  if (await isThere(host, target)) return { path: target, cached: true };
  return await withTempFolder(host, kindFolder, async (temp) => {
    const fresh = path.join(temp, 'content');
    await mkdir(fresh);
    await build(fresh);
    return { path: target, cached: !(await settle(fresh, target)) };
  });
}

/** The same folder where an earlier run made it; undefined where none did. */
export async function findCachedFolder(
  host: Host,
  kind: string,
  key: string,
): Promise<string | undefined> {
  const target = path.join(host.cacheFolder, kind, key);
  return (await isThere(host, target)) ? target : undefined;
}

async function isThere(host: Host, target: string): Promise<boolean> {
  try {
    if (!(await stat(target)).isDirectory()) return false;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw ioError(error, 'read the cache', target);
  }
  await markUsed(host, target);
  return true;
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
