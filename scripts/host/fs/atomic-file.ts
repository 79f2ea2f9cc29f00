import { chmod, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { ioError, isErrno } from './errno.ts';
import { removeTree } from './remove-tree.ts';
import { removeStaleTemps, tempName } from './temp-folder.ts';

/**
 * Writes a whole file so that readers see the old content or the new, never a part: a temporary file in the
 * same folder, flushed to the disk, then renamed. Missing parent folders are made; what killed runs left there goes.
 *
 * @param data whole or in pieces
 * @param options.mode exact permission bits, whatever the umask; absent = 0666 minus the umask
 * @param options.flush false for what may be lost in a power cut, such as cache entries that readers check
 * @throws VipisoError disk-full, permission, io
 */
export async function writeFileAtomic(
  file: string,
  data: string | Uint8Array | readonly Uint8Array[],
  options: { readonly mode?: number; readonly flush?: boolean } = {},
): Promise<void> {
  const { mode, flush = true } = options;
  const folder = path.dirname(file);
  const temp = path.join(folder, tempName());
  const pieces = typeof data === 'string' || data instanceof Uint8Array ? [data] : data;
  try {
    await mkdir(folder, { recursive: true });
    await refuseSpecial(file);
    await sweepOnce(folder);
    await writeNew(temp, pieces, mode, flush);
    await rename(temp, file);
    if (flush) await flushFolder(folder);
  } catch (error) {
    await rm(temp, { force: true }).catch(() => undefined);
    const size = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
    throw ioError(error, 'write', file, size);
  }
}

/**
 * A rename would put a file instead of a device or a named pipe; a link is replaced as a file is.
 *
 * @throws VipisoError io: a device, a FIFO or a socket
 */
export async function refuseSpecial(file: string): Promise<void> {
  const there = await lstat(file).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (there === undefined || there.isFile() || there.isSymbolicLink()) return;
  throw new VipisoError('io', `${file} is not a regular file, so it is not replaced by one`, {
    hint: 'Name another file.',
  });
}

const swept = new Set<string>();

/** Once in a run: caches write many files into one folder. */
async function sweepOnce(folder: string): Promise<void> {
  if (swept.has(folder)) return;
  swept.add(folder);
  await removeStaleTemps(undefined, folder);
}

async function writeNew(
  file: string,
  pieces: readonly (string | Uint8Array)[],
  mode: number | undefined,
  flush: boolean,
): Promise<void> {
  const handle = await open(file, 'wx', mode ?? 0o666);
  try {
    // Each goes on where the one before it ended.
    for (const piece of pieces) await handle.writeFile(piece);
    if (flush) await handle.sync();
  } finally {
    await handle.close();
  }
  if (mode !== undefined) await chmod(file, mode);
}

/** Makes a rename in `folder` survive a power cut, where the file system can. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!isErrno(error, 'EINVAL', 'ENOTSUP', 'EBADF')) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Puts the finished folder `fresh` instead of `target` (which may exist or not); both must be on one file
 * system. The old folder is moved aside first and then removed.
 *
 * @throws VipisoError permission, disk-full, io
 */
export async function replaceFolder(fresh: string, target: string): Promise<void> {
  const aside = path.join(path.dirname(target), tempName());
  try {
    const hadOld = await renameIfThere(target, aside);
    await rename(fresh, target);
    if (hadOld) await removeTree(aside);
  } catch (error) {
    throw ioError(error, 'replace the folder', target);
  }
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
