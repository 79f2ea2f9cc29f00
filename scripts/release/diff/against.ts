import type { ReleaseManifest } from '../format/manifest.ts';
import { diffSubjects } from './diff.ts';
import type { ReleaseDiff } from './model.ts';
import { releaseSubject } from './subject.ts';
import type { DiffSubject } from './subject.ts';

/**
 * What a release that is being made changes.
 *
 * @param folder that its images and documents lie in
 * @param previous undefined = there was none
 */
export async function diffAgainst(
  previous: DiffSubject | undefined,
  folder: string,
  manifest: ReleaseManifest,
): Promise<ReleaseDiff | undefined> {
  if (previous === undefined) return undefined;
  return diffSubjects(previous, await releaseSubject(folder, manifest.version, manifest));
}
