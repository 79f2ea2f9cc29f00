import { compareVersions } from '../../apk/version.ts';
import { compareStrings } from '../../core/digest.ts';
import { byNode } from './by-node.ts';
import type { NodePair } from './by-node.ts';
import type { PackageChange, ReleaseDiff, Vulnerability } from './model.ts';
import type { DiffSubject, SubjectImage } from './subject.ts';

interface Installed {
  readonly name: string;
  readonly version: string;
  readonly origin: string;
  /** What identifies its content. */
  readonly identity: string;
}

/** Packages that the images install, and those of their kernel where both sides are releases. */
export function packageChanges(
  before: DiffSubject,
  after: DiffSubject,
  pairs: readonly NodePair[],
): readonly PackageChange[] {
  const bothTell = before.manifest !== undefined && after.manifest !== undefined;
  const changes = byNode(pairs, (pair) =>
    changesBetween(
      [...installedOf(pair.before), ...(bothTell ? kernelOf(before) : [])],
      [...installedOf(pair.after), ...(bothTell ? kernelOf(after) : [])],
    ),
  );
  return [...changes].sort((a, b) => compareStrings(a.name, b.name));
}

function installedOf({ packages }: SubjectImage): readonly Installed[] {
  return packages.map(({ name, version, origin, checksum }) => ({
    ...{ name, version, origin },
    identity: checksum,
  }));
}

/** What makes kernel, modules and boot loaders is on no medium as a package. */
function kernelOf({ manifest }: DiffSubject): readonly Installed[] {
  return (manifest?.packages ?? [])
    .filter((it) => it.for.includes('kernel') && !it.for.includes('image'))
    .map(({ name, version, origin, sha256 }) => ({ name, version, origin, identity: sha256 }));
}

function changesBetween(
  before: readonly Installed[],
  after: readonly Installed[],
): readonly Omit<PackageChange, 'nodes'>[] {
  const [old, fresh] = [named(before), named(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])];
  return names.flatMap((name): Omit<PackageChange, 'nodes'>[] => {
    const [from, to] = [old.get(name), fresh.get(name)];
    if (from === undefined) return [{ name, change: 'added', after: to?.version ?? '' }];
    if (to === undefined) return [{ name, change: 'removed', before: from.version }];
    const versions = { before: from.version, after: to.version };
    const order = compareVersions(from.version, to.version);
    if (order !== 0) return [{ name, change: order < 0 ? 'up' : 'down', ...versions }];
    return from.identity === to.identity ? [] : [{ name, change: 'rebuilt', ...versions }];
  });
}

function named(packages: readonly Installed[]): ReadonlyMap<string, Installed> {
  return new Map(packages.map((it) => [it.name, it]));
}

/**
 * What the security databases that either release was held against say of both: closed is what was open before and is
 * not now. The newer database tells of the older release as well.
 */
export function vulnerabilityChanges(
  before: DiffSubject,
  after: DiffSubject,
): ReleaseDiff['vulnerabilities'] & { readonly known: boolean } {
  const reports = [before.vulnerabilities, after.vulnerabilities].filter((it) => it !== undefined);
  const fixes = new Map<string, Vulnerability>();
  for (const { open, fixed } of reports)
    for (const { id, origin, fixedIn } of [...open, ...fixed])
      fixes.set(`${origin} ${id} ${fixedIn}`, { id, origin, fixedIn });
  const [old, fresh] = [before, after].map(openIn);
  const changed = [...fixes]
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([, it]) => ({ it, was: old?.(it) === true, is: fresh?.(it) === true }));
  return {
    known: reports.some(({ databases }) => databases.length > 0),
    closed: changed.filter(({ was, is }) => was && !is).map(({ it }) => it),
    opened: changed.filter(({ was, is }) => is && !was).map(({ it }) => it),
  };
}

function openIn(subject: DiffSubject): (it: Vulnerability) => boolean {
  const installed = [...subject.images.flatMap(installedOf), ...kernelOf(subject)];
  return ({ origin, fixedIn }) =>
    installed.some((it) => it.origin === origin && compareVersions(it.version, fixedIn) < 0);
}
