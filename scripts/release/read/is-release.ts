import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ioError, isErrno } from '../../host/fs/errno.ts';
import { RELEASE } from '../format/layout.ts';

/**
 * Whether a folder says of itself that it is a release; it may be a damaged one.
 *
 * @param folder absolute path
 * @throws VipisoError permission, io
 */
export async function isRelease(folder: string): Promise<boolean> {
  try {
    const text = await readFile(path.join(folder, RELEASE.manifest), 'utf8');
    return text.includes('"vipiso-release"');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return false;
    throw ioError(error, 'read', path.join(folder, RELEASE.manifest));
  }
}
