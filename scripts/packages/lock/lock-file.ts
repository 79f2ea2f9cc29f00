import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../host/fs/atomic-file.ts';
import { ioError, isErrno } from '../../host/fs/errno.ts';
import { namesIn } from '../../host/fs/list-folder.ts';
import type { Host } from '../../host/host.ts';
import { staleness } from './format/inputs.ts';
import type { LockInputs } from './format/inputs.ts';
import { parseLock } from './format/parse.ts';
import type { Lockfile } from './format/schema.ts';
import { serialiseLock } from './format/serialise.ts';

const COMMON_NAME = 'vipiso.lock.json';
const YAML = /\.ya?ml$/;

/**
 * The lock of a cluster file is in its folder. `vipiso.lock.json` is that of `cluster.yaml`, and of a cluster file of
 * another name that is the only one there. Where there are several, `edge.yaml` has `edge.lock.json`, so that each may
 * lock what it needs; a `vipiso.lock.json` from before counts for it until it has one, unless there is a `cluster.yaml`.
 *
 * @param clusterFile its absolute path
 * @returns the lock's absolute path, whether it is there or not
 * @throws VipisoError permission, io
 */
export async function lockFileOf(clusterFile: string): Promise<string> {
  const folder = path.dirname(clusterFile);
  const name = path.basename(clusterFile);
  const stem = name.replace(YAML, '');
  const common = path.join(folder, COMMON_NAME);
  if (stem === 'cluster') return common;
  const own = `${stem}.lock.json`;
  const names = await namesIn(folder, 'look for the lock');
  if (names.includes(own)) return path.join(folder, own);
  const others = names.filter((it) => it !== name && YAML.test(it));
  if (others.some((it) => it.replace(YAML, '') === 'cluster')) return path.join(folder, own);
  if (names.includes(COMMON_NAME)) return common;
  for (const other of others)
    if (await isCluster(path.join(folder, other))) return path.join(folder, own);
  return common;
}

/** A cluster file names its nodes at the start of a line; shared parts and files of other programs do not. */
async function isCluster(file: string): Promise<boolean> {
  return /^nodes:/m.test(await readFile(file, 'utf8').catch(() => ''));
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
