import { constants, lstatSync, readlinkSync, unlinkSync } from 'node:fs';
import { chmod, copyFile, open, readdir, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import { ioError, isErrno } from '../fs/errno.ts';
import { FolderBelow, giveAsFolder } from './folder-below.ts';
import type { Links } from './folder-below.ts';

const MAX_LINKS = 40;
// Without O_NONBLOCK a planted FIFO would hold us for ever.
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const MAKE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Of what is read into memory whole; an uncompressed initramfs is the largest of it. */
const MAX_READ_BYTES = 1024 ** 3;

/** A file below a root that others may have written to. */
export interface FileBelow {
  /** Absolute path of a folder of ours. */
  readonly root: string;
  /** Relative to the root. */
  readonly file: string;
  readonly links: Links;
}

/**
 * Opens a regular file for reading.
 *
 * @returns undefined where there is none
 * @throws VipisoError malformed-package: a link, a FIFO, a device in its place (see `Links`)
 */
async function openBelow(where: FileBelow): Promise<FileHandle | undefined> {
  let place = where.file;
  for (let followed = 0; followed <= MAX_LINKS; followed++) {
    const found = await openOnce(where, place);
    if (typeof found !== 'string') return found;
    place = found;
  }
  throw refusal(where, 'its links form a loop');
}

/** @returns a path relative to the root where a link says to go on */
async function openOnce(where: FileBelow, place: string): Promise<FileHandle | string | undefined> {
  const { root, links } = where;
  const { dir, base } = path.posix.parse(place);
  const folder = FolderBelow.open(root, dir, { links, missing: 'leave' });
  if (folder === undefined) return undefined;
  try {
    const entry = folder.entry(base);
    try {
      return await regular(where, await open(entry, READ));
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      if (!isErrno(error, 'ELOOP')) throw ioError(error, 'read', where.file);
    }
    if (links === 'refuse') throw refusal(where, 'it is a symbolic link');
    const target = readlinkSync(entry);
    return target.startsWith('/') ? target : `${folder.name}/${target}`;
  } finally {
    folder.close();
  }
}

async function regular(where: FileBelow, handle: FileHandle): Promise<FileHandle> {
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw refusal(where, 'it is not a regular file');
}

/** Bytes of a regular file; undefined where there is none. @throws VipisoError malformed-package (see `Links`) */
export async function sizeBelow(where: FileBelow): Promise<number | undefined> {
  const handle = await openBelow(where);
  try {
    return (await handle?.stat())?.size;
  } finally {
    await handle?.close();
  }
}

/** Permission bits of a regular file, 0 to 0o7777; undefined where there is none. @throws VipisoError malformed-package */
export async function modeBelow(where: FileBelow): Promise<number | undefined> {
  const handle = await openBelow(where);
  try {
    const mode = (await handle?.stat())?.mode;
    return mode === undefined ? undefined : mode & 0o7777;
  } finally {
    await handle?.close();
  }
}

/** Whether a regular file is there; a folder is none. */
export async function isFileBelow(where: FileBelow): Promise<boolean> {
  const handle = await openBelow(where).catch((error: unknown) => {
    if (error instanceof VipisoError && error.code === 'malformed-package') return undefined;
    throw error;
  });
  await handle?.close();
  return handle !== undefined;
}

/** @returns undefined where there is no such file. @throws VipisoError malformed-package, also for more than 1 GiB */
export async function readBelow(where: FileBelow): Promise<Buffer | undefined> {
  const handle = await openBelow(where);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    if (size > MAX_READ_BYTES) throw refusal(where, `it has ${formatBytes(size)}`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/**
 * Copies a file out of the root, or shares its blocks where the file system can: never its inode.
 *
 * @param to absolute path of a file that is not there yet; gets the rights to read, write and execute of the file
 * @returns false where there is no such file
 * @throws VipisoError malformed-package (see `Links`), disk-full
 */
export async function takeBelow(where: FileBelow, to: string): Promise<boolean> {
  const handle = await openBelow(where);
  if (handle === undefined) return false;
  try {
    await copyFile(
      `/proc/self/fd/${handle.fd}`,
      to,
      constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE,
    );
    await chmod(to, ((await handle.stat()).mode & 0o777) | 0o400);
    return true;
  } catch (error) {
    throw ioError(error, 'write', to);
  } finally {
    await handle.close();
  }
}

/**
 * Moves a large file out of the root, to the same file system; one that has other names is copied.
 *
 * @param to absolute path of a file that is not there yet; belongs to this process then, with mode 0644
 * @returns false where there is no such file
 * @throws VipisoError malformed-package: a link in the path, or it changed meanwhile
 */
export async function moveBelow(where: FileBelow, to: string): Promise<boolean> {
  const { root, file, links } = where;
  const { dir, base } = path.posix.parse(file);
  const handle = await openBelow(where);
  if (handle === undefined) return false;
  const folder = FolderBelow.open(root, dir, { links, missing: 'leave' });
  try {
    const { nlink, ino, uid } = await handle.stat();
    if (nlink > 1 || folder === undefined) return await takeBelow(where, to);
    await rename(folder.entry(base), to);
    // What was opened is what was moved.
    if (lstatSync(to).ino !== ino) throw refusal(where, 'it changed while it was taken');
    // Root's sandboxes have an account of their own.
    if (process.geteuid?.() === 0 && uid !== 0) await handle.chown(0, 0);
    await handle.chmod(0o644);
    return true;
  } catch (error) {
    throw ioError(error, 'write', to);
  } finally {
    folder?.close();
    await handle.close();
  }
}

/**
 * Writes a file of mode 0644 instead of whatever was there; missing folders are made.
 *
 * @throws VipisoError malformed-package: a link in the path, or a folder is there
 */
export async function writeBelow(where: FileBelow, content: string | Uint8Array): Promise<void> {
  const { root, file, links } = where;
  const { dir, base } = path.posix.parse(file);
  const folder = FolderBelow.open(root, dir, { links, missing: 'make' });
  try {
    const entry = folder?.entry(base) ?? '';
    if (kindOf(entry) === 'folder') throw refusal(where, 'it is a folder');
    if (kindOf(entry) !== 'missing') unlinkSync(entry);
    const handle = await open(entry, MAKE, 0o600);
    try {
      await handle.writeFile(content);
      await handle.chmod(0o644);
      if (folder !== undefined) giveAsFolder(entry, folder.path);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw ioError(error, 'write', path.join(root, file));
  } finally {
    folder?.close();
  }
}

/**
 * Makes a folder and its missing parents, of mode 0755; those that are there stay as they are.
 * @returns the folder's path relative to the root, free of links
 */
export function makeFolderBelow(root: string, folder: string, links: Links): string {
  const made = FolderBelow.open(root, folder, { links, missing: 'make' });
  made?.close();
  return made?.name ?? folder;
}

/** Names of what a folder holds, sorted; empty where there is no such folder. */
export async function namesBelow(
  root: string,
  folder: string,
  links: Links,
): Promise<readonly string[]> {
  const found = FolderBelow.open(root, folder, { links, missing: 'leave' });
  if (found === undefined) return [];
  try {
    return (await readdir(found.path)).sort();
  } finally {
    found.close();
  }
}

/** What is at a path, its last part not followed. */
export function kindOf(place: string): 'folder' | 'file' | 'link' | 'other' | 'missing' {
  const about = lstatSync(place, { throwIfNoEntry: false });
  if (about === undefined) return 'missing';
  if (about.isDirectory()) return 'folder';
  if (about.isSymbolicLink()) return 'link';
  return about.isFile() ? 'file' : 'other';
}

function refusal({ root, file }: FileBelow, reason: string): VipisoError {
  return new VipisoError('malformed-package', `${file} is not copied from ${root}: ${reason}`, {
    hint: 'A package put it there; find out which one before you use its repository again.',
  });
}
