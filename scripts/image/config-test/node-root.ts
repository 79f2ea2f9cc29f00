import {
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { makeFolderBelow } from '../../host/below/files-below.ts';
import { ioError, isErrno } from '../../host/fs/errno.ts';
import type { FileTree, TreeEntry } from '../../overlay/tree.ts';

/**
 * Makes the root of a booted node: the image's root with the node's overlay over it, as Alpine's init does. Files of
 * the image's root are hard links, so nothing may be written to; every file of the overlay is a file of its own.
 * Owners cannot be kept: in the sandbox all is root's.
 *
 * Some thousand names are made in one go: without other threads in between it takes a quarter of the time.
 *
 * @param folder absolute path of the folder to make, on the file system of `imageRoot`
 * @throws VipisoError permission, disk-full, io
 */
export function makeNodeRoot(imageRoot: string, tree: FileTree, folder: string): void {
  try {
    mirror(imageRoot, folder);
    for (const entry of tree) lay(folder, entry);
  } catch (error) {
    throw ioError(error, 'lay out a node', folder);
  }
}

function mirror(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) mirror(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkOrCopy(source, target);
  }
  // Daemons judge the rights of folders: they are the image's, whatever the umask.
  chmodSync(to, (lstatSync(from).mode & 0o7777) | 0o700);
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    if (!isErrno(error, 'EXDEV', 'EPERM', 'EMLINK', 'EACCES')) throw error;
    copyFileSync(source, target);
  }
}

function lay(root: string, entry: TreeEntry): void {
  if (entry.type === 'directory') {
    chmodSync(path.join(root, makeFolderBelow(root, entry.path, 'inside')), entry.mode | 0o700);
    return;
  }
  const parent = path.posix.dirname(entry.path);
  const folder = path.join(root, makeFolderBelow(root, parent === '.' ? '' : parent, 'inside'));
  const place = path.join(folder, path.posix.basename(entry.path));
  makeWay(place, entry);
  if (entry.type === 'symlink') {
    symlinkSync(entry.target, place);
    return;
  }
  writeFileSync(place, entry.content, { flag: 'wx', mode: 0o600 });
  chmodSync(place, entry.mode);
}

/** What is in the way goes by its name: it may share its content with the cache. */
function makeWay(place: string, { type, path: name }: TreeEntry): void {
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) {
    throw new VipisoError(
      'cluster-invalid',
      `the overlay has a ${type} /${name} where the image has a folder`,
      { hint: 'Give it another name in the overlay folder.' },
    );
  }
  rmSync(place, { force: true });
}
