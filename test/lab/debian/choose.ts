import { compareVersions } from '../../../scripts/apk/version.ts';
import { VipisoError } from '../../../scripts/core/errors.ts';
import { alpineVersion } from '../alpine-version.ts';
import type { DebianPackage, PackageList } from './package-list.ts';

/** What the lab must not be older than: the first suite that has it wins, for one consistent set of programs. */
export interface Floor {
  /** A version of the program itself, without Debian's revision. */
  readonly version: string;
  /** In order of preference. */
  readonly suites: readonly string[];
}

/** The suites' lists by suite. */
export type PackageLists = ReadonlyMap<string, PackageList>;

/**
 * The package that the lab takes under a name.
 *
 * @throws VipisoError `not-found` where no suite has it, or only older ones: naming floor and what there is
 */
export function choose(name: string, lists: PackageLists, floor: Floor): DebianPackage {
  const found = floor.suites.flatMap((suite) => lists.get(suite)?.get(name) ?? []);
  const chosen = found.find((it) => reaches(it, floor));
  if (chosen !== undefined) return chosen;
  const least = floor.version === '0' ? '' : ` ${floor.version} or newer`;
  const have = found.map(({ version, suite }) => `${suite} has ${version}`);
  const unread = floor.suites.filter((suite) => !lists.has(suite));
  const details = [
    ...(have.length > 0 ? have : [`${floor.suites.join(' and ')}: no package of that name`]),
    ...unread.map((suite) => `${suite}: its list could not be fetched`),
  ];
  throw new VipisoError(
    'not-found',
    `The lab needs Debian's package ${name}${least}, and no suite has it.`,
    { details, hint: 'Floors and suites stand in test/lab/recipes/floors.ts.' },
  );
}

function reaches({ version }: DebianPackage, floor: Floor): boolean {
  return compareVersions(alpineVersion(version), floor.version) >= 0;
}

/**
 * The packages of shared libraries that some packages depend on, directly or through others. Their names change from
 * release to release with the libraries' own (`libssl3t64`, `libunistring5`), so nothing but the dependencies says them.
 */
export function librariesOf(
  roots: readonly DebianPackage[],
  find: (name: string) => DebianPackage | undefined,
): readonly DebianPackage[] {
  const libraries = new Map<string, DebianPackage>();
  const queue = roots.flatMap(({ depends }) => depends);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (libraries.has(name)) continue;
    const found = find(name);
    if (found === undefined || !isLibrary(found)) continue;
    libraries.set(name, found);
    queue.push(...found.depends);
  }
  return [...libraries.values()];
}

/** Data that a library reads at run time is for all architectures, and the lab does without it. */
function isLibrary({ section, architecture }: DebianPackage): boolean {
  return /^(?:old)?libs$/.test(section) && architecture !== 'all';
}
