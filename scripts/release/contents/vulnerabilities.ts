import { compareVersions } from '../../apk/version.ts';
import { compareStrings, digestOf } from '../../core/digest.ts';
import type { Lockfile } from '../../packages/lock/format/schema.ts';
import type { SecurityDatabases } from '../../packages/update/changes.ts';
import type { VulnerabilityReport } from '../format/vulnerabilities.ts';

/** Holds the packages of an image's lock against Alpine's security databases. */
export function vulnerabilitiesOf(
  { packages, repositories }: Lockfile,
  databases: SecurityDatabases,
): VulnerabilityReport {
  const open = new Map<string, VulnerabilityReport['open'][number]>();
  const fixed = new Map<string, VulnerabilityReport['fixed'][number]>();
  for (const { name, origin, version, repository } of packages) {
    for (const { id, fixedIn } of databases.get(repository)?.get(origin) ?? []) {
      if (compareVersions(fixedIn, version) <= 0) {
        fixed.set(`${origin} ${id}`, { id, origin, fixedIn });
        continue;
      }
      const key = `${origin} ${version} ${id}`;
      const known = open.get(key)?.packages ?? [];
      open.set(key, { id, origin, version, fixedIn, packages: [...known, name] });
    }
  }
  const names = repositories.map(({ name }) => name);
  return {
    schema: 1,
    databases: names.flatMap((repository) => {
      const database = databases.get(repository);
      return database === undefined ? [] : [{ repository, sha256: digestOf([...database]) }];
    }),
    unknown: names.filter((name) => !databases.has(name)),
    open: sorted(open),
    fixed: sorted(fixed),
  };
}

function sorted<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([a], [b]) => compareStrings(a, b)).map(([, value]) => value);
}
