import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { useCache } from '../cache/lease.ts';
import { ioError, isErrno } from '../fs/errno.ts';
import { ownerState, ownerToken } from '../fs/owner.ts';
import { removeTree } from '../fs/remove-tree.ts';
import type { Host } from '../host.ts';

/**
 * A download that may have been begun by an earlier run. It is a folder `<cache>/partial/<key>`; a run takes
 * it for itself by renaming it to `<key>.<owner>-<random>`, so that two runs never write into one file, and
 * gives it back by the same way. What a killed run had taken is taken over from it.
 */
export interface PartialFile {
  readonly file: string;
  /** Bytes that are there already. */
  readonly size: () => Promise<number>;
  /** The server's ETag or date of the bytes that are there: what `If-Range` asks for. */
  readonly validator: () => Promise<string | undefined>;
  readonly setValidator: (validator: string | undefined) => Promise<void>;
  /** Throws the bytes away and starts over. */
  readonly reset: () => Promise<void>;
  /** Leaves the bytes to the next run. */
  readonly handBack: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

/** @throws VipisoError permission, disk-full, io */
export async function claimPartial(host: Host, key: string): Promise<PartialFile> {
  await useCache(host);
  const root = path.join(host.cacheFolder, 'partial');
  const shared = path.join(root, key);
  const mine = `${shared}.${ownerToken()}-${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(root, { recursive: true });
    if (!(await moved(shared, mine)) && !(await takeOver(root, key, mine))) await mkdir(mine);
  } catch (error) {
    throw ioError(error, 'make a folder for a download', mine);
  }
  return partialFile(mine, shared);
}

/** Takes one folder of a dead run; further ones of the same content are of no use and go. */
async function takeOver(root: string, key: string, mine: string): Promise<boolean> {
  let taken = false;
  for (const name of (await readdir(root)).sort()) {
    if (!name.startsWith(`${key}.`) || ownerState(name) !== 'dead') continue;
    const folder = path.join(root, name);
    if (taken) await removeTree(folder);
    else taken = await moved(folder, mine);
  }
  return taken;
}

/**
 * Removes the folders of dead runs whose bytes have found their place already.
 *
 * @throws VipisoError permission, disk-full, io
 */
export async function removeEmptyPartials({
  cacheFolder,
}: Pick<Host, 'cacheFolder'>): Promise<void> {
  const root = path.join(cacheFolder, 'partial');
  try {
    for (const name of await readdir(root)) {
      const folder = path.join(root, name);
      if (ownerState(name) !== 'dead' || (await sizeOf(path.join(folder, 'content'))) > 0) continue;
      await removeTree(folder);
    }
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw ioError(error, 'tidy the cache', root);
  }
}

function partialFile(folder: string, shared: string): PartialFile {
  const file = path.join(folder, 'content');
  const note = path.join(folder, 'validator');
  const size = async (): Promise<number> => await sizeOf(file);
  return {
    file,
    size,
    validator: async () => await textOf(note),
    setValidator: async (validator) => await writeFile(note, validator ?? ''),
    async reset() {
      await rm(file, { force: true });
      await rm(note, { force: true });
    },
    discard: async () => await removeTree(folder),
    async handBack() {
      if ((await size()) === 0 || !(await moved(folder, shared))) await removeTree(folder);
    },
  };
}

/** @returns false when there is nothing at `from`, or another run has put its own at `to` */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) return false;
    throw error;
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 0;
    throw error;
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    return text === '' ? undefined : text;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
