import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readSync,
  readdirSync,
  readlinkSync,
} from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { compareStrings, sha256 } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { ioError, isErrno } from '../fs/errno.ts';
import type { Host } from '../host.ts';

/** One thing in a folder. */
export interface ListedEntry {
  /** Relative to the folder. */
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link' | 'other';
  /** Permission bits, 0 to 0o7777; 0 for a link. */
  readonly mode: number;
  /** Bytes of a file; 0 for anything else. */
  readonly size: number;
  /** SHA-256 of a file, the target of a link, else empty. */
  readonly content: string;
}

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CHUNK = 1024 * 1024;
/** So that an interruption is heard. */
const BYTES_AT_A_TIME = 32 * CHUNK;
const DIGEST_LETTERS = 64;

/**
 * Lists everything below a folder that nobody writes to, links not followed, with the digest of every file: half a
 * gigabyte takes about a second.
 *
 * @param folder absolute path
 * @throws VipisoError permission, io
 */
export async function listFolder(
  host: Pick<Host, 'signal'>,
  folder: string,
): Promise<readonly ListedEntry[]> {
  const entries: ListedEntry[] = [];
  const buffer = Buffer.allocUnsafe(CHUNK);
  let bytes = 0;
  try {
    for (const name of namesBelow(folder, '')) {
      const entry = describe(folder, name, buffer);
      entries.push(entry);
      bytes += entry.size;
      if (bytes < BYTES_AT_A_TIME) continue;
      bytes = 0;
      await setImmediate();
      host.signal.throwIfAborted();
    }
  } catch (error) {
    throw ioError(error, 'read the cache', folder);
  }
  return entries;
}

function* namesBelow(folder: string, below: string): Generator<string> {
  const names = readdirSync(path.join(folder, below), { withFileTypes: true });
  for (const entry of names.sort((a, b) => compareStrings(a.name, b.name))) {
    const name = path.posix.join(below, entry.name);
    yield name;
    if (entry.isDirectory()) yield* namesBelow(folder, name);
  }
}

function describe(folder: string, name: string, buffer: Buffer): ListedEntry {
  const place = path.join(folder, name);
  // Undefined also for a name that is not UTF-8.
  const about = lstatSync(place, { throwIfNoEntry: false });
  const mode = (about?.mode ?? 0) & 0o7777;
  if (about?.isSymbolicLink() === true) {
    return { path: name, type: 'link', mode: 0, size: 0, content: readlinkSync(place) };
  }
  if (about?.isDirectory() === true)
    return { path: name, type: 'folder', mode, size: 0, content: '' };
  if (about?.isFile() !== true) return { path: name, type: 'other', mode, size: 0, content: '' };
  return { path: name, type: 'file', mode, ...digestOf(place, mode, buffer) };
}

function digestOf(
  place: string,
  mode: number,
  buffer: Buffer,
): Pick<ListedEntry, 'size' | 'content'> {
  const descriptor = openFile(place, mode);
  try {
    const hash = createHash('sha256');
    let size = 0;
    for (;;) {
      const read = readSync(descriptor, buffer, 0, buffer.length, null);
      if (read === 0) return { size, content: hash.digest('hex') };
      hash.update(buffer.subarray(0, read));
      size += read;
    }
  } finally {
    closeSync(descriptor);
  }
}

function openFile(place: string, mode: number): number {
  try {
    return openSync(place, READ);
  } catch (error) {
    if (!isErrno(error, 'EACCES')) throw error;
  }
  // Packages have programs that may be run and not read, by their owner neither.
  chmodSync(place, mode | 0o400);
  try {
    return openSync(place, READ);
  } finally {
    chmodSync(place, mode);
  }
}

/** The text that keeps a list: the SHA-256 of the rest, which is JSON. */
export function formatList(entries: readonly ListedEntry[]): string {
  const rest = JSON.stringify(entries);
  return `${sha256(rest)}${rest}`;
}

/** @returns undefined for a text that is damaged */
export function parseList(text: string): readonly ListedEntry[] | undefined {
  const rest = text.slice(DIGEST_LETTERS);
  if (sha256(rest) !== text.slice(0, DIGEST_LETTERS)) return undefined;
  return JSON.parse(rest) as readonly ListedEntry[];
}

/** What is other than it was listed, one phrase each: `tree/boot/vmlinuz-virt has other content`. */
export function damageOf(
  wanted: readonly ListedEntry[],
  found: readonly ListedEntry[],
): readonly string[] {
  const there = new Map(found.map((entry) => [entry.path, entry]));
  const known = new Set(wanted.map((entry) => entry.path));
  const changed = wanted.flatMap((entry) => {
    const now = there.get(entry.path);
    if (now === undefined) return [`${entry.path} is missing`];
    if (now.type !== entry.type) return [`${entry.path} is not a ${entry.type} any more`];
    if (now.size !== entry.size || now.content !== entry.content)
      return [`${entry.path} has different content`];
    return now.mode === entry.mode ? [] : [`${entry.path} has different permissions`];
  });
  const added = found.filter((entry) => !known.has(entry.path));
  return [...changed, ...added.map((entry) => `${entry.path} was added`)];
}

/** The regular files below a folder of a list: SHA-256 by path relative to that folder. */
export function filesIn(
  entries: readonly ListedEntry[],
  folder: string,
): ReadonlyMap<string, Sha256> {
  return new Map(
    entries
      .filter(({ path: name, type }) => type === 'file' && name.startsWith(`${folder}/`))
      .map(({ path: name, content }) => [name.slice(folder.length + 1), content as Sha256]),
  );
}
