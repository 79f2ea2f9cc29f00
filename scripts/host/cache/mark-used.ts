import { utimes } from 'node:fs/promises';
import { ioError, isErrno } from '../fs/errno.ts';
import type { Host } from '../host.ts';

/**
 * The time of a cache entry is that of its last use: pruning drops what was not used for longest.
 *
 * @throws VipisoError permission, io
 */
export async function markUsed(host: Pick<Host, 'now'>, entry: string): Promise<void> {
  const seconds = host.now() / 1000;
  await utimes(entry, seconds, seconds).catch((error: unknown) => {
    // Dropped by a concurrent prune, or a cache that is shared read-only: it can be used all the same.
    if (!isErrno(error, 'ENOENT', 'EACCES', 'EPERM', 'EROFS'))
      throw ioError(error, 'mark as used', entry);
  });
}
