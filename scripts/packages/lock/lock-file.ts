import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../host/fs/atomic-file.ts';
import { ioError, isErrno } from '../../host/fs/errno.ts';
import type { Host } from '../../host/host.ts';
import { staleness } from './format/inputs.ts';
import type { LockInputs } from './format/inputs.ts';
import { parseLock } from './format/parse.ts';
import type { Lockfile } from './format/schema.ts';
import { serialiseLock } from './format/serialise.ts';

/** The lock of a cluster file lies beside it. */
export function lockFileOf(clusterFile: string): string {
  return path.join(path.dirname(clusterFile), 'vipiso.lock.json');
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
