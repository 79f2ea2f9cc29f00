import { copyFile, rename, rm } from 'node:fs/promises';
import { ioError, isErrno } from './errno.ts';

/**
 * Moves a file to a private place, on whatever file system that lies.
 *
 * @throws VipisoError permission, disk-full, io
 */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isErrno(error, 'EXDEV')) throw ioError(error, 'write', to);
    await copyFile(from, to).catch((cause: unknown) => {
      throw ioError(cause, 'write', to);
    });
    await rm(from);
  }
}
