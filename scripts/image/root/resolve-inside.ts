import { lstat, readlink } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { isErrno } from '../../host/errno.ts';
import { makePlainFolder } from './plain.ts';

const MAX_LINKS = 40;

/**
 * Finds the real folder behind a path of an image, following its links as the image's own kernel would: an absolute
 * target starts at the image's root, and `..` never climbs out of it. Missing folders are made (mode 0755).
 *
 * @param folder relative to the root, without `..`; empty = the root itself
 * @returns relative to the root, free of links
 * @throws VipisoError malformed-package where something on the way is neither folder nor link to one
 */
export async function resolveInside(root: string, folder: string): Promise<string> {
  return await walk(root, folder, makePlainFolder);
}

/** @param onMissing what is done about a folder that is not there */
async function walk(
  root: string,
  folder: string,
  onMissing: (place: string) => Promise<void>,
): Promise<string> {
  const pending = parts(folder);
  const done: string[] = [];
  for (let links = 0; pending.length > 0;) {
    const part = pending.shift() ?? '';
    if (part === '..') {
      done.pop();
      continue;
    }
    const here = path.join(root, ...done, part);
    const kind = await kindOf(here);
    if (kind === 'symlink') {
      if (++links > MAX_LINKS) throw refusal(folder, 'its links lead in a circle');
      const target = await readlink(here);
      if (target.startsWith('/')) done.length = 0;
      pending.unshift(...parts(target));
      continue;
    }
    if (kind === 'other' || kind === 'file')
      throw refusal(folder, `${[...done, part].join('/')} is no folder`);
    if (kind === 'missing') await onMissing(here);
    done.push(part);
  }
  return done.join('/');
}

/**
 * The regular file behind a path of an image, its last link followed too. @returns an absolute path on the host;
 * undefined when there is no such file
 */
export async function fileInside(root: string, file: string): Promise<string | undefined> {
  let place = file;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const folder = await walk(root, path.posix.dirname(place), leaveMissing);
    const found = path.join(root, folder, path.posix.basename(place));
    switch (await kindOf(found)) {
      case 'file':
        return found;
      case 'symlink':
        place = path.posix.resolve('/', folder, await readlink(found)).slice(1);
        break;
      case 'folder':
      case 'other':
      case 'missing':
        return undefined;
    }
  }
  return undefined;
}

async function leaveMissing(): Promise<void> {
  // What lies below it is missing as well, which is answer enough.
}

function parts(name: string): string[] {
  return name.split('/').filter((part) => part !== '' && part !== '.');
}

async function kindOf(file: string): Promise<'folder' | 'symlink' | 'file' | 'other' | 'missing'> {
  try {
    const stat = await lstat(file);
    if (stat.isDirectory()) return 'folder';
    if (stat.isSymbolicLink()) return 'symlink';
    return stat.isFile() ? 'file' : 'other';
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 'missing';
    throw error;
  }
}

function refusal(folder: string, reason: string): VipisoError {
  return new VipisoError(
    'malformed-package',
    `nothing can be unpacked below /${folder} of the image: ${reason}`,
  );
}
