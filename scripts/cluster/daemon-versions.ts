import { compareVersions } from '../apk/version.ts';
import { alpineBranch, nearestBranch } from './alpine-branches.ts';

/** The programs whose version decides what may be written into their files. */
export interface DaemonVersions {
  /** Alpine's version of the package (`3.4.7-r0`), or as much of it as is known (`3.4`). */
  readonly haproxy: string;
  readonly keepalived: string;
  /** Where that is from: the lock, the table of branches, or the table's entry that is nearest to an unknown branch. */
  readonly source: 'lock' | 'branch' | 'nearest branch';
}

/** What a lock says of them; a program that it does not hold is absent. */
export interface LockedDaemons {
  readonly branch: string;
  readonly arch: string;
  readonly haproxy: string | undefined;
  readonly keepalived: string | undefined;
}

/** By the lock where it is one for this branch and architecture and holds both, else by the branch. */
export function daemonVersions(
  { branch, arch }: { readonly branch: string; readonly arch: string },
  locked: LockedDaemons | undefined,
): DaemonVersions {
  const fits = locked?.branch === branch && locked.arch === arch;
  if (fits && locked.haproxy !== undefined && locked.keepalived !== undefined) {
    return { haproxy: locked.haproxy, keepalived: locked.keepalived, source: 'lock' };
  }
  const { haproxy, keepalived } = nearestBranch(branch);
  const source = alpineBranch(branch) === undefined ? 'nearest branch' : 'branch';
  return { haproxy, keepalived, source };
}

/** @param version `3.4` stands for its first release @param least `2.4` */
export function isAtLeast(version: string, least: string): boolean {
  return compareVersions(version, least) >= 0;
}

/** `keepalived 2.3.4-r0 (by the lock)` */
export function describeDaemon(name: 'haproxy' | 'keepalived', daemons: DaemonVersions): string {
  return `${name} ${daemons[name]} (${SOURCES[daemons.source]})`;
}

/** `haproxy 3.4.7-r0, keepalived 2.3.4-r0 (by the lock)` */
export function describeDaemons({ haproxy, keepalived, source }: DaemonVersions): string {
  return `haproxy ${haproxy}, keepalived ${keepalived} (${SOURCES[source]})`;
}

const SOURCES: Readonly<Record<DaemonVersions['source'], string>> = {
  lock: 'by the lock',
  branch: 'what the branch has, not locked',
  'nearest branch': 'taken from the nearest branch that is known',
};
