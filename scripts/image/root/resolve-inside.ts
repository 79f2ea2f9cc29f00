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
    if (kind === 'other') throw refusal(folder, `${[...done, part].join('/')} is no folder`);
    if (kind === 'missing') await makePlainFolder(here);
    done.push(part);
  }
  return done.join('/');
}

function parts(name: string): string[] {
  return name.split('/').filter((part) => part !== '' && part !== '.');
}

async function kindOf(file: string): Promise<'folder' | 'symlink' | 'other' | 'missing'> {
  try {
    const stat = await lstat(file);
    return stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'symlink' : 'other';
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
