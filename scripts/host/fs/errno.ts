import { statfsSync } from 'node:fs';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { formatBytes } from '../../core/format-bytes.ts';

/** The errno name of a system error (`ENOSPC`), or undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function isErrno(error: unknown, ...names: readonly string[]): boolean {
  const name = errnoOf(error);
  return name !== undefined && names.includes(name);
}

/**
 * Turns a file system error into a `VipisoError` that names the path and says what to do; errors that are
 * already ours (and aborts) pass unchanged, so it can be thrown from any `catch`.
 *
 * @param doing what was tried, as a verb phrase: `write the lock`
 * @param neededBytes how much was to be written, where known
 */
export function ioError(
  error: unknown,
  doing: string,
  file: string,
  neededBytes?: number,
): VipisoError {
  if (error instanceof VipisoError) return error;
  const name = errnoOf(error);
  switch (name) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(error, doing, file, neededBytes);
    case 'EACCES':
    case 'EPERM':
      return new VipisoError('permission', `permission denied: cannot ${doing}: ${file}`, {
        hint: `Give your account access to ${path.dirname(file)}, or choose another place.`,
        cause: error,
      });
    case 'EROFS':
      return new VipisoError(
        'permission',
        `cannot ${doing}: ${file} is on a read-only file system`,
        {
          hint: 'Choose a place on a file system that is mounted for writing.',
          cause: error,
        },
      );
    case 'ENOENT':
      return new VipisoError('not-found', `cannot ${doing}: ${file} does not exist`, {
        hint: 'Check the path for a typing mistake.',
        cause: error,
      });
    case 'EMFILE':
    case 'ENFILE':
      return new VipisoError('io', `too many open files: cannot ${doing}: ${file}`, {
        hint: 'Allow more of them: ulimit -n 1024',
        cause: error,
      });
    case 'ABORT_ERR':
      return new VipisoError('interrupted', `interrupted: ${doing} ${file}`, { cause: error });
    case undefined:
    default:
      return new VipisoError('io', `cannot ${doing}: ${file} (${name ?? String(error)})`, {
        cause: error,
      });
  }
}

function diskFull(
  error: unknown,
  doing: string,
  file: string,
  neededBytes: number | undefined,
): VipisoError {
  const free = freeBytes(path.dirname(file));
  const facts = [
    ...(neededBytes === undefined ? [] : [`needed: ${formatBytes(neededBytes)}`]),
    ...(free === undefined ? [] : [`free: ${formatBytes(free)}`]),
  ];
  const message = `no space left on the device: cannot ${doing}: ${file}`;
  return new VipisoError(
    'disk-full',
    facts.length === 0 ? message : `${message} (${facts.join(', ')})`,
    {
      hint: 'Free some space there, or choose another place (VIPISO_CACHE moves the cache, --out the images).',
      cause: error,
    },
  );
}

/** Bytes an ordinary account may still write below `folder`; undefined when the system does not say. */
function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    // Only a figure for the message: the error that is being reported matters more than this one.
    return undefined;
  }
}
