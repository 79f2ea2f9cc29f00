import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { ioError, isErrno } from '../../host/fs/errno.ts';
import { parseChecksums } from '../format/checksums.ts';
import { RELEASE } from '../format/layout.ts';
import { parseReleaseManifest } from '../format/manifest.ts';
import type { ReleaseManifest } from '../format/manifest.ts';

/** A release folder that was opened. Nothing of it is verified yet: that is `vipiso verify`. */
export interface OpenedRelease {
  /** Absolute path. */
  readonly folder: string;
  readonly manifest: ReleaseManifest;
  readonly sums: ReadonlyMap<string, Sha256>;
  /** Absolute path of a file of the release. */
  readonly at: (file: string) => string;
}

/**
 * Opens a release folder.
 *
 * @param folder absolute path
 * @throws VipisoError not-found: it is no release folder; release-wrong: its manifest or checksums cannot be read
 */
export async function readRelease(folder: string): Promise<OpenedRelease> {
  const at = (file: string): string => path.join(folder, file);
  const parsed = parseReleaseManifest(await textOf(folder, RELEASE.manifest));
  if (!parsed.ok) throw wrong(at(RELEASE.manifest), parsed.problems);
  const sums = parseChecksums(await textOf(folder, RELEASE.checksums));
  if (sums === undefined) throw wrong(at(RELEASE.checksums), ['is no list of SHA-256 and paths']);
  return { folder, manifest: parsed.manifest, sums, at };
}

async function textOf(folder: string, name: string): Promise<string> {
  const file = path.join(folder, name);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw ioError(error, 'read the release', file);
    throw new VipisoError('not-found', `${folder} is no release: it has no ${name}`, {
      hint: 'Make one with: vipiso release cluster.yaml --version VERSION',
    });
  }
}

function wrong(file: string, details: readonly string[]): VipisoError {
  return new VipisoError('release-wrong', `${file} is not as vipiso release writes it`, {
    details,
    hint: 'Get the release again from where it was made.',
  });
}
