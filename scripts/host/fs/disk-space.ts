import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import { ioError, isErrno } from './errno.ts';

/** Space that work is going to need in a folder, which may not exist yet. */
export interface SpaceNeed {
  /** Absolute. */
  readonly folder: string;
  readonly bytes: number;
  /** What for, as in “not enough space for the images”. */
  readonly what: string;
}

/**
 * Makes sure, before long work begins, that its results can be written: the folders may be written to, and their file
 * systems have room for all needs together.
 *
 * @throws VipisoError permission, disk-full
 */
export async function requireSpace(needs: readonly SpaceNeed[]): Promise<void> {
  const byDevice = new Map<number, { existing: string; needs: SpaceNeed[] }>();
  for (const need of needs) {
    const existing = await nearestFolder(need.folder);
    await access(existing, constants.W_OK | constants.X_OK).catch((error: unknown) => {
      throw ioError(error, 'write to the folder', need.folder);
    });
    const { dev } = await stat(existing);
    const known = byDevice.get(dev) ?? { existing, needs: [] };
    known.needs.push(need);
    byDevice.set(dev, known);
  }
  for (const { existing, needs: together } of byDevice.values()) await check(existing, together);
}

async function check(existing: string, needs: readonly SpaceNeed[]): Promise<void> {
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const needed = needs.reduce((sum, { bytes }) => sum + bytes, 0);
  if (free >= needed) return;
  throw new VipisoError(
    'disk-full',
    `not enough space for ${needs.map(({ what }) => what).join(' and ')}: ${formatBytes(needed)} needed, ${formatBytes(free)} free`,
    {
      details: needs.map(
        ({ what, folder, bytes }) => `${what}: about ${formatBytes(bytes)} in ${folder}`,
      ),
      hint: 'Free some space there, or choose another place (VIPISO_CACHE moves the cache, --out the images).',
    },
  );
}

async function nearestFolder(folder: string): Promise<string> {
  try {
    if ((await stat(folder)).isDirectory()) return folder;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return await nearestFolder(path.dirname(folder));
    throw ioError(error, 'write to the folder', folder);
  }
  throw new VipisoError('permission', `cannot write to ${folder}: it is not a folder`, {
    hint: 'Choose another place.',
  });
}
