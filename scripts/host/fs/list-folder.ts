import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../../core/digest.ts';
import { ioError, isErrno } from './errno.ts';

/**
 * The names in a folder, sorted; none for a folder that is not there.
 *
 * @param doing for the message of an error: `look for the signing key`
 * @throws VipisoError permission, io
 */
export async function namesIn(
  folder: string,
  doing = 'list the folder',
): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort(compareStrings);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw ioError(error, doing, folder);
  }
}

/** What is below a folder and is not a folder itself. */
export interface EntryBelow {
  /** Path relative to the folder, with `/`. */
  readonly file: string;
  readonly type: 'file' | 'link' | 'other';
}

/**
 * Everything below a folder but folders, sorted by path. For folders that no package and no sandbox has written to.
 *
 * @param doing for the message of an error: `list the release`
 * @throws VipisoError not-found, permission, io
 */
export async function entriesBelow(folder: string, doing: string): Promise<readonly EntryBelow[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      throw ioError(error, doing, folder);
    },
  );
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({
      file: path
        .relative(folder, path.join(entry.parentPath, entry.name))
        .replaceAll(path.sep, '/'),
      type: entry.isFile()
        ? ('file' as const)
        : entry.isSymbolicLink()
          ? ('link' as const)
          : ('other' as const),
    }))
    .sort((a, b) => compareStrings(a.file, b.file));
}
