import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../host.ts';
import { onProcessExit } from '../process/exit-cleanup.ts';
import { ioError, isErrno } from './errno.ts';
import { namesIn } from './list-folder.ts';
import { ownerState, ownerToken } from './owner.ts';
import { removeTree } from './remove-tree.ts';

const PREFIX = '.vipiso-tmp-';
/** Leftovers whose owner cannot be judged (another container) are removed after a day without a change. */
const UNKNOWN_OWNER_MS = 24 * 3600 * 1000;

/** A name for a temporary file or folder that tells its owner and collides with no other. */
export function tempName(): string {
  return `${PREFIX}${ownerToken()}-${randomBytes(6).toString('hex')}`;
}

/**
 * Runs `work` with a fresh private folder inside `near` (made if missing): the same file system as the
 * result, so that it can be renamed out (`options.modeOfNear`: the mode of `near` where it is made). Whatever is left in it disappears when `work` returns, throws or is
 * aborted, and if the process itself is killed, when a later run makes or writes something there.
 *
 * @throws VipisoError interrupted, permission, disk-full, io; what `work` throws
 */
export async function withTempFolder<T>(
  host: Host,
  near: string,
  work: (folder: string) => Promise<T>,
  options: { readonly modeOfNear?: number } = {},
): Promise<T> {
  if (host.signal.aborted)
    throw new VipisoError('interrupted', 'interrupted before the work began');
  const folder = path.join(near, tempName());
  try {
    await mkdir(near, { recursive: true, mode: options.modeOfNear ?? 0o777 });
    await removeStaleTemps(host, near);
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    throw ioError(error, 'make a temporary folder', folder);
  }
  const forget = onProcessExit(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  try {
    return await work(folder);
  } finally {
    await removeTree(folder);
    forget();
  }
}

/**
 * Removes temporary files and folders of this account in `folder` that runs which no longer live left behind.
 * @param host absent = what cannot be judged (another container's) stays, whatever its age
 */
export async function removeStaleTemps(
  host: Pick<Host, 'now'> | undefined,
  folder: string,
): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (!name.startsWith(PREFIX) || ownerState(name) === 'alive') continue;
    const entry = path.join(folder, name);
    if (await isStale(host, entry, name)) await removeTree(entry);
  }
}

/** In a shared folder such as /tmp anybody may plant a name: only what is our own is ours to remove. */
async function isStale(
  host: Pick<Host, 'now'> | undefined,
  entry: string,
  name: string,
): Promise<boolean> {
  try {
    const { uid, mtimeMs } = await lstat(entry);
    if (uid !== (process.geteuid?.() ?? uid)) return false;
    if (ownerState(name) === 'dead') return true;
    return host !== undefined && host.now() - mtimeMs > UNKNOWN_OWNER_MS;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
