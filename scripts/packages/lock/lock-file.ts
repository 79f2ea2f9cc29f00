import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../host/fs/atomic-file.ts';
import { ioError, isErrno } from '../../host/fs/errno.ts';
import { isThere } from '../../host/fs/is-there.ts';
import type { Host } from '../../host/host.ts';
import { staleness } from './format/inputs.ts';
import type { LockInputs } from './format/inputs.ts';
import { parseLock } from './format/parse.ts';
import type { Lockfile } from './format/schema.ts';
import { serialiseLock } from './format/serialise.ts';

const COMMON_NAME = 'vipiso.lock.json';

/**
 * The lock of a cluster file lies beside it: that of `cluster.yaml` is `vipiso.lock.json`, that of `edge.yaml` is
 * `edge.lock.json`, so that the clusters of one folder may lock what each of them needs. A `vipiso.lock.json` that is
 * there counts for `edge.yaml`, too, as long as it has no lock of its own, unless a `cluster.yaml` lies there, whose it is.
 *
 * @param clusterFile its absolute path
 * @returns the lock's absolute path, be it there or not
 * @throws VipisoError permission, io
 */
export async function lockFileOf(clusterFile: string): Promise<string> {
  const folder = path.dirname(clusterFile);
  const stem = path.basename(clusterFile).replace(/\.ya?ml$/, '');
  const common = path.join(folder, COMMON_NAME);
  if (stem === 'cluster') return common;
  const own = path.join(folder, `${stem}.lock.json`);
  const there = async (name: string): Promise<boolean> =>
    await isThere(path.join(folder, name), 'look for the lock');
  if ((await there(path.basename(own))) || !(await there(COMMON_NAME))) return own;
  return (await there('cluster.yaml')) || (await there('cluster.yml')) ? own : common;
}

/**
 * Reads a lock file; undefined when there is none.
 * @throws VipisoError lock-stale when it is not one that this version wrote; permission, io
 */
export async function findLock(file: string): Promise<Lockfile | undefined> {
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  const parsed = parseLock(text);
  if (parsed.ok) return parsed.lock;
  const details = parsed.diagnostics.map(
    (it) => `${it.path === '' ? 'file' : it.path}: ${it.message}`,
  );
  throw new VipisoError('lock-stale', `the lock file cannot be used: ${file}`, {
    details,
    hint: 'Make it again: vipiso lock',
  });
}

/** For the command that writes it again: one that cannot be read counts as absent, and a warning says so. */
export async function findLockForRewrite(host: Host, file: string): Promise<Lockfile | undefined> {
  try {
    return await findLock(file);
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code !== 'lock-stale') throw error;
    host.report({ type: 'note', level: 'warning', text: `${error.message}; regenerating it` });
    return undefined;
  }
}

/** @throws VipisoError lock-missing, and as `findLock` */
export async function requireLock(file: string): Promise<Lockfile> {
  const lock = await findLock(file);
  if (lock !== undefined) return lock;
  throw new VipisoError('lock-missing', `there is no lock file: ${file}`, {
    hint: 'Make it with: vipiso lock',
  });
}

/** @throws VipisoError lock-stale with what changed since, when the lock does not fit what is wanted now */
export function assertFresh(lock: Lockfile, wanted: LockInputs): void {
  const changes = staleness(lock, wanted);
  if (changes.length === 0) return;
  throw new VipisoError('lock-stale', 'the lock is out of date for this cluster file', {
    details: changes,
    hint: 'Look at the changes and, if they are meant, run: vipiso lock',
  });
}

/** Writes the lock if its text changes. @returns whether it did */
export async function saveLock(file: string, lock: Lockfile): Promise<boolean> {
  const text = serialiseLock(lock);
  if ((await readIfThere(file)) === text) return false;
  await writeFileAtomic(file, text);
  return true;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw ioError(error, 'read the lock file', file);
  }
}
