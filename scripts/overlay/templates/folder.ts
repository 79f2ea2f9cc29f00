import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { ioError } from '../../host/fs/errno.ts';

/** What a source folder holds: a regular file, a folder, or a link. */
export type FolderEntry = { readonly path: string } & (
  | { readonly type: 'file'; readonly executable: boolean; readonly content: Buffer }
  | { readonly type: 'directory' }
  | { readonly type: 'symlink'; readonly target: string }
);

const OWNER_EXECUTE = 0o100;

/**
 * Reads a folder of overlay sources, sorted, links not followed.
 *
 * @throws VipisoError cluster-invalid for devices, sockets, FIFOs and links that lead out of the tree; not-found,
 *   permission or io where it cannot be read
 */
export async function readOverlayFolder(root: string): Promise<readonly FolderEntry[]> {
  const entries: FolderEntry[] = [];
  try {
    await collect(root, '', entries);
  } catch (error) {
    throw ioError(error, 'read the overlay folder', root);
  }
  return entries;
}

async function collect(root: string, relative: string, into: FolderEntry[]): Promise<void> {
  const names = (await readdir(path.join(root, relative))).sort(compareStrings);
  for (const name of names) {
    const inner = relative === '' ? name : `${relative}/${name}`;
    const entry = await readEntry(root, inner);
    into.push(entry);
    if (entry.type === 'directory') await collect(root, inner, into);
  }
}

async function readEntry(root: string, relative: string): Promise<FolderEntry> {
  const file = path.join(root, relative);
  const stats = await lstat(file);
  if (stats.isDirectory()) return { path: relative, type: 'directory' };
  if (stats.isSymbolicLink()) return linkEntry(root, relative, await readlink(file));
  if (!stats.isFile()) throw refused(file, 'is neither a file, a folder nor a link');
  if (!relative.includes('/'))
    throw refused(file, "is at the top level, where Alpine's init cannot keep a file");
  const executable = (stats.mode & OWNER_EXECUTE) !== 0;
  return { path: relative, type: 'file', executable, content: await readFile(file) };
}

/** Absolute targets count from the image's root; a relative one must not climb above it. */
function linkEntry(root: string, relative: string, target: string): FolderEntry {
  const escapes = !target.startsWith('/') && climbsOut(relative, target);
  if (escapes) throw refused(path.join(root, relative), `is a link to ${target}, outside the tree`);
  if (!relative.includes('/')) throw refused(path.join(root, relative), 'is a link at the top');
  return { path: relative, type: 'symlink', target };
}

function climbsOut(relative: string, target: string): boolean {
  const resolved = path.posix.normalize(path.posix.join(path.posix.dirname(relative), target));
  return resolved === '..' || resolved.startsWith('../');
}

function refused(file: string, problem: string): VipisoError {
  return new VipisoError('cluster-invalid', `${file} ${problem}`, {
    hint: 'An overlay folder holds folders such as etc/, with files and links in them.',
  });
}
