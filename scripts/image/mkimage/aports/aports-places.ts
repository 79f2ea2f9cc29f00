import { parseSource } from '../../../host/download/source-address.ts';

/** Where aports lies: at Alpine's GitLab, and as a mirror of the same commits at GitHub. */
export interface AportsPlaces {
  /** Base of a GitLab project: archives lie below `/-/archive/`. */
  readonly gitlab: string;
  /** Base of a repository at codeload.github.com: archives lie below `/tar.gz/`. */
  readonly mirror: string;
}

/** GitLab refuses the runners of the big CI hosters (HTTP 418); the mirror does not. */
export const APORTS_PLACES: AportsPlaces = {
  gitlab: 'https://gitlab.alpinelinux.org/alpine/aports',
  mirror: 'https://codeload.github.com/alpinelinux/aports',
};

/** `<project>/-/archive/<ref>/<name>.tar.gz`: https://docs.gitlab.com/api/repositories/#get-file-archive */
const GITLAB_ARCHIVE = /^(.+)\/-\/archive\/([^/?#]+)\/[^/?#]+\.tar\.gz$/;

/** The archive of a branch; what it holds moves on. @param branch Alpine's: `v3.24`, `edge` */
export function branchArchive({ gitlab }: AportsPlaces, branch: string): string {
  return archiveOf({ gitlab }, branch === 'edge' ? 'master' : `${branch.replace(/^v/, '')}-stable`);
}

/** The archive of a branch or commit at GitLab. */
export function archiveOf({ gitlab }: Pick<AportsPlaces, 'gitlab'>, ref: string): string {
  return `${gitlab}/-/archive/${ref}/aports-${ref}.tar.gz`;
}

/**
 * All places of an archive's `scripts/`, first choice first. GitLab packs a single folder on demand, a few kilobytes in
 * the place of tens of megabytes; a GitLab that does not gives the whole.
 *
 * @param url of an archive; of another form than GitLab's it stands for itself
 */
export function equivalentArchives(
  { gitlab, mirror }: AportsPlaces,
  url: string,
): readonly string[] {
  const [, project, ref] = GITLAB_ARCHIVE.exec(url) ?? [];
  if (project === undefined || ref === undefined) return [url];
  const mirrored = sameUrl(project, gitlab) ? [`${mirror}/tar.gz/${ref}`] : [];
  return [`${url}?path=scripts`, ...mirrored, url];
}

/** Whatever credentials one of them carries. */
function sameUrl(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => {
    const address = parseSource(text);
    return address.kind === 'http' ? `${address.url.origin}${address.url.pathname}` : address.path;
  });
  return a === b;
}
