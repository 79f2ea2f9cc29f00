import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VipisoError } from '../../core/errors.ts';
import { ioError, isErrno } from '../fs/errno.ts';
import { ownerState, ownerToken } from '../fs/owner.ts';
import { removeStaleTemps } from '../fs/temp-folder.ts';
import type { Host } from '../host.ts';
import { onProcessExit } from '../process/exit-cleanup.ts';

/** Folder of the cache that tells who uses it; no kind of entry. */
export const LEASES = 'leases';

type Purpose = 'use' | 'prune';

const POLL_MS = 50;
/** A lease whose owner cannot be judged (another container) counts for a day. */
const UNKNOWN_OWNER_MS = 24 * 3600 * 1000;

const inUse = new Map<string, Promise<void>>();

/**
 * Says, before the first use of the cache by this process and until it ends, that nothing may be pruned; waits for a
 * prune that is under way. What killed runs left in the cache goes at this occasion.
 *
 * @throws VipisoError disk-full, io, interrupted
 */
export async function useCache(host: Host): Promise<void> {
  const { cacheFolder } = host;
  let begun = inUse.get(cacheFolder);
  if (begun === undefined) {
    begun = begin(host);
    inUse.set(cacheFolder, begun);
    // One that was interrupted must not decide for the next.
    begun.catch(() => inUse.delete(cacheFolder));
  }
  await begun;
}

async function begin(host: Host): Promise<void> {
  if ((await announce(host, 'use')) === undefined) return;
  // Each side announces itself and looks for the other after that: at least one of two sees the other, and a prune
  // that does gives way.
  while ((await others(host, 'prune')).length > 0) {
    await sleep(POLL_MS, undefined, { signal: host.signal }).catch((cause: unknown) => {
      throw new VipisoError('interrupted', 'interrupted while another run prunes the cache', {
        cause,
      });
    });
  }
  await sweep(host);
}

/**
 * Does `work` while no other process uses the cache.
 * @throws VipisoError io when one does
 */
export async function withoutOtherUsers<T>(host: Host, work: () => Promise<T>): Promise<T> {
  const mark = await announce(host, 'prune');
  try {
    const users = await others(host, 'use');
    if (users.length > 0) throw busy(users);
    return await work();
  } finally {
    mark?.end();
  }
}

function busy(users: readonly string[]): VipisoError {
  const pids = users.map((name) => name.split('.')[1] ?? '');
  return new VipisoError(
    'io',
    `another run is using the cache (process ${pids.join(', ')}), so nothing was removed`,
    { hint: 'Try again when it has ended.' },
  );
}

/** Undefined where the cache cannot be written to: then nobody prunes it either. */
async function announce(
  { cacheFolder }: Host,
  purpose: Purpose,
): Promise<{ readonly end: () => void } | undefined> {
  const folder = path.join(cacheFolder, LEASES);
  const file = path.join(folder, `${purpose}-${ownerToken()}-${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, '', { flag: 'wx' });
  } catch (error) {
    if (isErrno(error, 'EROFS', 'EACCES', 'EPERM')) return undefined;
    throw ioError(error, 'write the cache', file);
  }
  const remove = (): void => rmSync(file, { force: true });
  const forget = onProcessExit(remove);
  return {
    end() {
      remove();
      forget();
    },
  };
}

/** Leases of other processes that live; those of dead ones are removed. */
async function others(host: Host, purpose: Purpose): Promise<readonly string[]> {
  const folder = path.join(host.cacheFolder, LEASES);
  const own = `${purpose}-${ownerToken()}-`;
  const living: string[] = [];
  for (const name of await namesIn(folder)) {
    if (name.startsWith(own)) continue;
    const file = path.join(folder, name);
    if (!(await isLiving(host, file))) await rm(file, { force: true, recursive: true });
    else if (name.startsWith(`${purpose}-`)) living.push(name);
  }
  return living;
}

async function isLiving(host: Host, file: string): Promise<boolean> {
  const state = ownerState(path.basename(file));
  if (state !== 'unknown') return state === 'alive';
  try {
    return host.now() - (await stat(file)).mtimeMs < UNKNOWN_OWNER_MS;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw ioError(error, 'read the cache', file);
  }
}

async function sweep(host: Host): Promise<void> {
  for (const kind of await namesIn(host.cacheFolder)) {
    await removeStaleTemps(host, path.join(host.cacheFolder, kind));
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw ioError(error, 'read the cache', folder);
  }
}
