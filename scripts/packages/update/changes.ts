import { closedBetween, fixedAt } from '../../apk/secdb.ts';
import type { SecurityDatabase, SecurityFix } from '../../apk/secdb.ts';
import { compareStrings } from '../../core/digest.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import type { Choice } from '../choose-packages.ts';
import type { Lockfile } from '../lock/format/schema.ts';

/** By name of the repository. */
export type SecurityDatabases = ReadonlyMap<string, SecurityDatabase>;

/** One package that an update adds, moves or drops. Sizes are those of the .apk file, in bytes. */
export interface PackageChange {
  readonly name: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly sizeFrom: number;
  readonly sizeTo: number;
  readonly origin: string;
  /** What the new version fixes that the locked one does not, as far as the databases know. */
  readonly closes: readonly SecurityFix[];
}

interface Side {
  readonly version: string;
  readonly size: number;
  readonly origin: string;
  readonly repository: string;
  readonly checksum: string;
}

export function changesOf(
  before: Lockfile,
  { packages }: Choice,
  databases: SecurityDatabases,
): readonly PackageChange[] {
  const old = new Map<string, Side>(before.packages.map((it) => [it.name, it]));
  const fresh = new Map<string, Side>(
    packages.map(({ record, repository }) => [
      record.name,
      { ...record, origin: record.origin || record.name, repository: repository.model.name },
    ]),
  );
  const names = [...new Set([...old.keys(), ...fresh.keys()])].sort(compareStrings);
  return names.flatMap((name) => {
    const [from, to] = [old.get(name), fresh.get(name)];
    if (from?.version === to?.version && from?.checksum === to?.checksum) return [];
    return [
      {
        name,
        from: from?.version,
        to: to?.version,
        sizeFrom: from?.size ?? 0,
        sizeTo: to?.size ?? 0,
        origin: (to ?? from)?.origin ?? name,
        closes: closes(from, to, databases),
      },
    ];
  });
}

function closes(
  from: Side | undefined,
  to: Side | undefined,
  databases: SecurityDatabases,
): readonly SecurityFix[] {
  const database = to && databases.get(to.repository);
  if (from === undefined || to === undefined || database === undefined) return [];
  return closedBetween(database, to.origin, { from: from.version, to: to.version });
}

/** What the locked versions have fixed, by origin. */
export function fixedInLock(
  { packages }: Lockfile,
  databases: SecurityDatabases,
): ReadonlyMap<string, readonly SecurityFix[]> {
  const fixed = new Map<string, readonly SecurityFix[]>();
  for (const { origin, version, repository } of packages) {
    const database = databases.get(repository);
    const fixes = database === undefined ? [] : fixedAt(database, origin, version);
    if (fixes.length > 0) fixed.set(origin, fixes);
  }
  return new Map([...fixed].sort(([a], [b]) => compareStrings(a, b)));
}

/** For people: one line per package, then per origin what it closes. */
export function formatChanges(changes: readonly PackageChange[]): readonly string[] {
  if (changes.length === 0) return ['Everything is at the newest version that fits.'];
  const width = Math.max(...changes.map(({ name }) => name.length));
  const lines = changes.map((change) => `${change.name.padEnd(width)}  ${movement(change)}`);
  const closing = new Map(changes.map(({ origin, closes: fixes }) => [origin, fixes]));
  const closed = [...closing].flatMap(([origin, fixes]) =>
    fixes.length === 0 ? [] : [`closes in ${origin}: ${fixes.map(({ id }) => id).join(', ')}`],
  );
  return [...lines, ...closed];
}

function movement({ from, to, sizeFrom, sizeTo }: PackageChange): string {
  if (from === undefined) return `new ${to ?? ''}, ${formatBytes(sizeTo)}`;
  if (to === undefined) return `${from} is no longer needed, -${formatBytes(sizeFrom)}`;
  const growth = sizeTo - sizeFrom;
  const sign = growth < 0 ? '-' : '+';
  const moved = from === to ? `${to} rebuilt` : `${from} -> ${to}`;
  return `${moved}, ${formatBytes(sizeTo)} (${sign}${formatBytes(Math.abs(growth))})`;
}
