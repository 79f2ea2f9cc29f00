import { readFile } from 'node:fs/promises';
import { compareStrings } from '../../../scripts/core/digest.ts';
import { VipisoError } from '../../../scripts/core/errors.ts';
import type { Host } from '../../../scripts/host/host.ts';
import { Apt } from './apt.ts';
import { choose, librariesOf } from './choose.ts';
import type { Floor, PackageLists } from './choose.ts';
import { downloadDebs } from './debs.ts';
import { PackageList } from './package-list.ts';
import type { DebianPackage } from './package-list.ts';

/** What to fetch of Debian. */
export interface Wanted {
  /** Packages that recipes read, by name. */
  readonly names: readonly string[];
  /** A metapackage: what it depends on in the very same version is the kernel, in one package or in several. */
  readonly kernel: string;
  readonly floorOf: (name: string) => Floor;
  /** Every suite that a floor names. */
  readonly suites: readonly string[];
}

/** What was fetched; sorted by name. */
export interface Fetched {
  readonly packages: readonly DebianPackage[];
  /** Names of the packages that the kernel is made of. */
  readonly kernel: readonly string[];
  /** Names of the packages of shared libraries. */
  readonly libraries: readonly string[];
}

/** Folders that are kept between runs. */
export interface FetchFolders {
  /** Sources, lists and caches of apt. */
  readonly state: string;
  /** Downloaded .deb files. */
  readonly debs: string;
}

/**
 * Downloads Debian packages and the libraries that they need. The lists of an earlier run do as long as what they name
 * can be had: so two labs made one after the other are made from the same packages.
 *
 * @param refresh whether the newest are asked for
 * @throws VipisoError `tool-missing`, `not-found` (no mirror, or no suite that reaches a floor), `tool-failed`
 */
export async function fetchDebs(
  host: Host,
  wanted: Wanted,
  folders: FetchFolders,
  refresh: boolean,
): Promise<Fetched> {
  const apt = new Apt(host, folders.state, wanted.suites);
  await apt.prepare();
  const attempt = async (): Promise<Fetched> => {
    const fetched = select(wanted, await readLists(apt));
    await downloadDebs(host, apt, fetched.packages, folders.debs);
    return fetched;
  };
  const known = await apt.lists();
  if (!refresh && wanted.suites.every((suite) => known.has(suite))) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof VipisoError) || error.code === 'interrupted') throw error;
      // Debian keeps superseded packages for a day or so.
    }
  }
  await apt.update();
  return await attempt();
}

async function readLists(apt: Apt): Promise<PackageLists> {
  const lists = new Map<string, PackageList>();
  for (const [suite, file] of await apt.lists())
    lists.set(suite, new PackageList(suite, await readFile(file, 'latin1')));
  return lists;
}

function select(wanted: Wanted, lists: PackageLists): Fetched {
  const take = (name: string): DebianPackage => choose(name, lists, wanted.floorOf(name));
  const find = (name: string): DebianPackage | undefined =>
    wanted.floorOf(name).suites.flatMap((suite) => lists.get(suite)?.get(name) ?? [])[0];
  const named = wanted.names.map(take);
  const kernel = kernelOf(take(wanted.kernel), lists);
  const libraries = librariesOf(named, find);
  const all = new Map([...named, ...kernel, ...libraries].map((it) => [it.name, it]));
  const namesOf = (packages: readonly DebianPackage[]): string[] =>
    packages.map(({ name }) => name).sort(compareStrings);
  return {
    packages: [...all.values()].sort((a, b) => compareStrings(a.name, b.name)),
    kernel: namesOf(kernel),
    libraries: namesOf(libraries),
  };
}

/** Up to Debian 13 one package, later one each for image, modules and the rest. */
function kernelOf(metapackage: DebianPackage, lists: PackageLists): readonly DebianPackage[] {
  const { suite, version } = metapackage;
  const parts = new Map<string, DebianPackage>();
  const queue = [...metapackage.depends];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const found = lists.get(suite)?.get(name);
    if (parts.has(name) || found?.version !== version || !name.startsWith('linux-')) continue;
    parts.set(name, found);
    queue.push(...found.depends);
  }
  if (parts.size === 0) {
    const text = `Debian's ${metapackage.name} ${version} (${suite}) stands for no package.`;
    throw new VipisoError('not-found', text);
  }
  return [...parts.values()];
}
