import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../core/digest.ts';
import { LEASES, withoutOtherUsers } from '../host/cache/lease.ts';
import { ioError, isErrno } from '../host/fs/errno.ts';
import { removeTree } from '../host/fs/remove-tree.ts';
import { removeStaleTemps } from '../host/fs/temp-folder.ts';
import type { Host } from '../host/host.ts';

/** What the cache holds of one kind: packages by digest, image bases, parsed indexes ... */
export interface CacheSection {
  readonly kind: string;
  readonly entries: number;
  readonly bytes: number;
}

interface CacheEntry {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since the Unix epoch: reading an entry renews it. */
  readonly usedAt: number;
}

/** Kind whose entries lie one level deeper, below the first two digits of their digest. */
const CONTENT = 'sha256';

/** Sizes of everything in the cache, by kind. */
export async function measureCache(host: Host): Promise<readonly CacheSection[]> {
  const sections: CacheSection[] = [];
  for (const kind of await kindsIn(host)) {
    const entries = await entriesOf(host, kind);
    sections.push({ kind, entries: entries.length, bytes: sum(entries) });
  }
  return sections;
}

/**
 * Drops what was not used for longer than `unusedMs`, and what killed runs left behind.
 *
 * @throws VipisoError io while another run uses the cache
 */
export async function pruneCache(
  host: Host,
  { unusedMs }: { readonly unusedMs: number },
): Promise<{ readonly removed: number; readonly bytes: number }> {
  return await withoutOtherUsers(host, async () => await drop(host, unusedMs));
}

async function drop(
  host: Host,
  unusedMs: number,
): Promise<{ readonly removed: number; readonly bytes: number }> {
  const dropped: CacheEntry[] = [];
  for (const kind of await kindsIn(host)) {
    await removeStaleTemps(host, path.join(host.cacheFolder, kind));
    for (const entry of await entriesOf(host, kind)) {
      host.signal.throwIfAborted();
      // File systems count fractions of a millisecond, the clock here does not.
      if (host.now() - Math.floor(entry.usedAt) < unusedMs) continue;
      await removeTree(entry.path);
      dropped.push(entry);
    }
  }
  return { removed: dropped.length, bytes: sum(dropped) };
}

async function kindsIn({ cacheFolder }: Host): Promise<readonly string[]> {
  return (await namesIn(cacheFolder)).filter((name) => name !== LEASES);
}

async function entriesOf(host: Host, kind: string): Promise<readonly CacheEntry[]> {
  const kindFolder = path.join(host.cacheFolder, kind);
  const entries: CacheEntry[] = [];
  for (const name of await namesIn(kindFolder)) {
    const below = path.join(kindFolder, name);
    const paths =
      kind === CONTENT ? (await namesIn(below)).map((rest) => path.join(below, rest)) : [below];
    for (const entry of paths) {
      const facts = await measure(entry);
      if (facts !== undefined) entries.push({ path: entry, ...facts });
    }
  }
  return entries;
}

/** Undefined when the entry went meanwhile. */
async function measure(entry: string): Promise<Omit<CacheEntry, 'path'> | undefined> {
  try {
    const facts = await lstat(entry);
    if (!facts.isDirectory()) return { bytes: facts.size, usedAt: facts.mtimeMs };
    const names = await readdir(entry);
    const inner = await Promise.all(names.map((name) => measure(path.join(entry, name))));
    return { bytes: inner.reduce((all, it) => all + (it?.bytes ?? 0), 0), usedAt: facts.mtimeMs };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw ioError(error, 'read the cache', entry);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort(compareStrings);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw ioError(error, 'read the cache', folder);
  }
}

function sum(entries: readonly { readonly bytes: number }[]): number {
  return entries.reduce((all, { bytes }) => all + bytes, 0);
}
