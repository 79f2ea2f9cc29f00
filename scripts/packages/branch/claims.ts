/** What is known of a repository that may show its branch. */
export interface RepositoryFacts {
  readonly name: string;
  /** apk's `@tag`: packages of it are installed only where they are asked for. */
  readonly tag: string | undefined;
  /** The index's DESCRIPTION. */
  readonly description: string;
  /** Versions of `alpine-base` and `alpine-release`, each with its name in front. */
  readonly releases: readonly string[];
}

/** What a repository says of the Alpine branch that it is of. */
export interface BranchClaim {
  readonly repository: string;
  /** `v3.19` or `edge`; several where old versions lie beside new ones. */
  readonly branches: readonly string[];
  /** What says so: `alpine-base 3.19.2-r0`. */
  readonly by: string;
  /** Whether it is Alpine's own word on what images are made of; else it is worth no more than a warning. */
  readonly sure: boolean;
}

/** The packages whose version is the release of Alpine. */
export const RELEASE_PACKAGES = ['alpine-base', 'alpine-release'] as const;
const ALPINES_OWN: ReadonlySet<string> = new Set(['main', 'community']);

/**
 * A package tells surely. A description does where it is one of Alpine's own repositories: others write what they like,
 * versions of their own included. A tagged repository is of another branch on purpose.
 *
 * @returns undefined where the repository says nothing
 */
export function branchClaim(facts: RepositoryFacts): BranchClaim | undefined {
  const { name, tag, description, releases } = facts;
  const told = releases.flatMap((release) => {
    const branch = branchOfVersion(release.slice(release.indexOf(' ') + 1));
    return branch === undefined ? [] : [{ release, branch }];
  });
  const untagged = tag === undefined;
  if (told.length > 0) {
    const branches = [...new Set(told.map(({ branch }) => branch))];
    const by = told.map(({ release }) => release).join(', ');
    return { repository: name, branches, by, sure: untagged };
  }
  const branch = branchOfDescription(description);
  if (branch === undefined) return undefined;
  const by = `its description “${description}”`;
  return { repository: name, branches: [branch], by, sure: untagged && ALPINES_OWN.has(name) };
}

/** `3.19.2-r0` is of v3.19; edge counts ahead as an alpha: `3.24.0_alpha20260127-r0`. */
export function branchOfVersion(version: string): string | undefined {
  const [, release, alpha] =
    /^([3-9]\.\d+)(?:\.\d+)*(_alpha\d*)?(?:_[a-z]+\d*)*-r\d+$/.exec(version) ?? [];
  if (release === undefined) return undefined;
  return alpha === undefined ? `v${release}` : 'edge';
}

/**
 * Alpine describes its indexes by `git describe` of aports (`v3.19.1-643-gec825d20535`), edge by a tag of the day
 * (`v20240807-…`) or an alpha; mkimage by its `--tag`.
 */
export function branchOfDescription(description: string): string | undefined {
  const text = description.trim();
  if (/^v20\d{6}(-\d+-g[0-9a-f]+)?$/.test(text)) return 'edge';
  const [, release, alpha] =
    /^v([3-9]\.\d+)(?:\.\d+)?(_alpha\d*)?(?:_(?:beta|rc)\d+)?(?:-\d+-g[0-9a-f]+)?$/.exec(text) ??
    [];
  if (release === undefined) return undefined;
  return alpha === undefined ? `v${release}` : 'edge';
}
