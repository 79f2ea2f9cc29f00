/** What is known of a release branch without asking its repositories. */
export interface AlpineBranch {
  /** `v3.24` or `edge`. */
  readonly name: string;
  /** Day (UTC) from which the branch gets no more fixes; absent: not announced, or never. */
  readonly ends?: string;
  /** Versions of the daemons when the branch was released; later ones of it differ in their last number at most. */
  readonly haproxy: string;
  readonly keepalived: string;
}

/**
 * From old to new. Versions of v3.19 to v3.21: the APKBUILDs of aports at the commit of each release. haproxy of v3.22
 * and v3.23, and both daemons of v3.24: pkgs.alpinelinux.org. keepalived of v3.22 and v3.23 was not verified: it is the
 * newest release of keepalived of that time. Days: alpinelinux.org/releases; v3.24's is not verified and left out.
 */
export const ALPINE_BRANCHES: readonly AlpineBranch[] = [
  { name: 'v3.19', ends: '2025-11-01', haproxy: '2.8', keepalived: '2.2.8' },
  { name: 'v3.20', ends: '2026-04-01', haproxy: '2.8', keepalived: '2.2.8' },
  { name: 'v3.21', ends: '2026-11-01', haproxy: '3.0', keepalived: '2.3.1' },
  { name: 'v3.22', ends: '2027-05-01', haproxy: '3.2', keepalived: '2.3.3' },
  { name: 'v3.23', ends: '2027-11-01', haproxy: '3.2', keepalived: '2.3.4' },
  { name: 'v3.24', haproxy: '3.4', keepalived: '2.3.4' },
  // It moves: taken for what the newest release has, which it is never older than.
  { name: 'edge', haproxy: '3.4', keepalived: '2.3.4' },
];

export function alpineBranch(name: string): AlpineBranch | undefined {
  return ALPINE_BRANCHES.find((branch) => branch.name === name);
}

/** The known branch that is taken for one which is not: the oldest for an older one, else the newest release. */
export function nearestBranch(name: string): AlpineBranch {
  const releases = ALPINE_BRANCHES.filter((branch) => branch.name !== 'edge');
  const [oldest] = releases;
  const newest = releases.at(-1);
  if (oldest === undefined || newest === undefined)
    throw new Error('The table of branches is empty.');
  return alpineBranch(name) ?? (minorOf(name) < minorOf(oldest.name) ? oldest : newest);
}

/** `v3.24` as a number that sorts. */
function minorOf(name: string): number {
  const [, major = '0', minor = '0'] = /^v(\d+)\.(\d+)$/.exec(name) ?? [];
  return Number(major) * 1000 + Number(minor);
}
