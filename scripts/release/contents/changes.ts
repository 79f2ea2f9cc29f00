import type { ReleaseDiff } from '../diff/model.ts';
import { diffMarkdown } from '../diff/text.ts';
import type { ReleaseManifest } from '../format/manifest.ts';

/**
 * The text of CHANGES.md: what a release changes against the one before it, as `vipiso diff` tells it.
 *
 * @param diff absent = there was none before it
 */
export function changesText(
  { cluster, version }: Pick<ReleaseManifest, 'cluster' | 'version'>,
  diff: ReleaseDiff | undefined,
): string {
  const title = `# ${cluster} ${version}`;
  if (diff === undefined)
    return `${title}\n\nThere was no earlier release to hold it against (\`--previous DIR\`).\n`;
  const against = diff.before.version ?? diff.before.name;
  return `${title}\n\nAgainst ${against}.\n\n${diffMarkdown(diff)}`;
}
