import { lstat, stat } from 'node:fs/promises';
import { ioError, isErrno } from './errno.ts';

/**
 * Whether there is anything at a path, a link that leads nowhere included.
 *
 * @param doing for the message of an error: `look for the signing key`
 * @throws VipisoError permission, io
 */
export async function isThere(file: string, doing: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw ioError(error, doing, file);
  }
}

/** Whether there is a regular file at a path, or a link to one; not so where it cannot be looked at. */
export async function isFile(file: string): Promise<boolean> {
  return await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}
