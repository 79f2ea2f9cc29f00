import { readFile } from 'node:fs/promises';
import { apkOfBranch, apkOfVersion, APK_TOOLS } from '../../apk/generation.ts';
import type { PackageRecord } from '../../apk/model.ts';
import { recordOf } from '../../apk/package/package-file.ts';
import { solve } from '../../apk/solver/solve.ts';
import { compareStrings } from '../../core/digest.ts';
import type { PackageFinder } from '../../packages/fetch-locked.ts';
import { closureOf } from '../../packages/lock/format/closure.ts';
import type { LockedPackage, Lockfile, Purpose } from '../../packages/lock/format/schema.ts';

/** A package of the lock with what its own file says. */
export interface DescribedPackage {
  readonly locked: LockedPackage;
  readonly record: PackageRecord;
}

/** That one package needs another, by their places in the list of packages. */
export interface PackageEdge {
  readonly from: LockedPackage;
  readonly to: LockedPackage;
}

/** Reads what the files of all locked packages say of themselves, each verified against the lock. */
export async function describePackages(
  lock: Lockfile,
  find: PackageFinder,
): Promise<readonly DescribedPackage[]> {
  const described: DescribedPackage[] = [];
  for (const locked of lock.packages) {
    const bytes = await readFile(await find(locked));
    described.push({ locked, record: recordOf(bytes, locked.name, locked) });
  }
  return described;
}

/**
 * Which package each dependency is met by, as the solver decides among the packages of the lock: once for each purpose,
 * since each is a root of its own.
 */
export function dependencyEdges(
  lock: Lockfile,
  packages: readonly DescribedPackage[],
): readonly PackageEdge[] {
  const edges = new Map<string, PackageEdge>();
  for (const purpose of Object.keys(lock.order) as Purpose[]) {
    const closure = closureOf(lock, purpose);
    const byName = new Map(closure.map((it) => [it.name, it]));
    for (const { from, to } of namesThatMeet(lock, purpose, packages)) {
      const [dependant, provider] = [byName.get(from), byName.get(to)];
      if (dependant === undefined || provider === undefined) continue;
      edges.set(`${dependant.sha256} ${provider.sha256}`, { from: dependant, to: provider });
    }
  }
  return [...edges].sort(([a], [b]) => compareStrings(a, b)).map(([, edge]) => edge);
}

function namesThatMeet(
  lock: Lockfile,
  purpose: Purpose,
  packages: readonly DescribedPackage[],
): readonly { readonly from: string; readonly to: string }[] {
  const chosen = packages.filter(({ locked }) => locked.for.includes(purpose));
  const tools = chosen.find(({ locked }) => locked.name === APK_TOOLS)?.locked.version;
  const solution = solve({
    apk: tools === undefined ? apkOfBranch(lock.branch) : apkOfVersion(tools),
    request: lock.requests[purpose] ?? [],
    repositories: lock.repositories.map(({ name, tag }) => ({
      name,
      tag,
      records: chosen
        .filter(({ locked }) => locked.repository === name)
        .map(({ record, locked }) => ({ ...record, arch: locked.arch })),
    })),
  });
  // The lock was solved; that its own packages are no solution cannot be without an edited lock.
  if (!solution.satisfiable) return [];
  return solution.packages.flatMap(({ record, why }) =>
    why.flatMap((it) => (it.kind === 'depends' ? [{ from: it.by, to: record.name }] : [])),
  );
}
