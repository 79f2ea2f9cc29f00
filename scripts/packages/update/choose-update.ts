import { parseDependency } from '../../apk/dependency.ts';
import { pinVersions } from '../../apk/index/pin-versions.ts';
import type { PackageRecord } from '../../apk/model.ts';
import { recordOf } from '../../apk/package/package-file.ts';
import { VipisoError } from '../../core/errors.ts';
import { choosePackages } from '../choose-packages.ts';
import type { Choice } from '../choose-packages.ts';
import { fetchLockedPackage } from '../fetch-package.ts';
import type { Fetcher } from '../sources.ts';
import type { Requests } from '../lock/format/inputs.ts';
import type { LockedPackage, Lockfile } from '../lock/format/schema.ts';
import type { OpenRepository } from '../open-repositories.ts';

export interface UpdateChoice {
  readonly choice: Choice;
  /** Packages that stay as they are locked, by checksum. */
  readonly kept: ReadonlyMap<string, LockedPackage>;
}

/**
 * Chooses so that the named packages move and as few others as need be: first they alone, then with what is built from
 * the same sources, then with everything that they depend on.
 *
 * @throws VipisoError usage: the lock has no such package; unsatisfiable
 */
export async function chooseMoving(
  fetcher: Fetcher,
  repositories: readonly OpenRepository[],
  requests: Requests,
  about: { readonly before: Lockfile; readonly branch: string; readonly names: readonly string[] },
): Promise<UpdateChoice> {
  const { before, branch, names } = about;
  requireLocked(before, names);
  const free = choosePackages(repositories, requests, branch);
  const siblings = namesOfOrigins(before, names);
  const circles = [new Set(names), siblings, withDependencies(free, siblings)];
  for (const moving of circles.slice(0, -1)) {
    const update = await tryPinned(fetcher, repositories, requests, { before, branch, moving });
    if (update !== undefined) return update;
  }
  const moving = circles[circles.length - 1] ?? new Set();
  return await choosePinned(fetcher, repositories, requests, { before, branch, moving });
}

function requireLocked({ packages }: Lockfile, names: readonly string[]): void {
  const unknown = names.filter((name) => !packages.some((it) => it.name === name));
  if (unknown.length === 0) return;
  throw new VipisoError('usage', `the lock has no package ${unknown.join(', ')}`, {
    hint: 'Name packages that it lists, or none to update all of them.',
  });
}

function namesOfOrigins({ packages }: Lockfile, names: readonly string[]): Set<string> {
  const origins = new Set(
    packages.filter(({ name }) => names.includes(name)).map((it) => it.origin),
  );
  return new Set(packages.filter(({ origin }) => origins.has(origin)).map(({ name }) => name));
}

/** The named packages and everything that they need, as chosen without any restriction. */
function withDependencies({ packages }: Choice, names: ReadonlySet<string>): Set<string> {
  const records = packages.map(({ record }) => record);
  const reached = new Set<string>(names);
  const queue = records.filter(({ name }) => names.has(name));
  for (let record = queue.pop(); record !== undefined; record = queue.pop()) {
    const wanted = new Set(record.depends.flatMap((atom) => parseDependency(atom)?.name ?? []));
    for (const provider of records) {
      if (reached.has(provider.name) || !namesOf(provider).some((it) => wanted.has(it))) continue;
      reached.add(provider.name);
      queue.push(provider);
    }
  }
  return reached;
}

function namesOf({ name, provides }: PackageRecord): string[] {
  return [name, ...provides.flatMap((atom) => parseDependency(atom)?.name ?? [])];
}

interface Pinning {
  readonly before: Lockfile;
  readonly branch: string;
  readonly moving: ReadonlySet<string>;
}

async function tryPinned(
  fetcher: Fetcher,
  repositories: readonly OpenRepository[],
  requests: Requests,
  pinning: Pinning,
): Promise<UpdateChoice | undefined> {
  try {
    return await choosePinned(fetcher, repositories, requests, pinning);
  } catch (error) {
    if (error instanceof VipisoError && error.code === 'unsatisfiable') return undefined;
    throw error;
  }
}

async function choosePinned(
  fetcher: Fetcher,
  repositories: readonly OpenRepository[],
  requests: Requests,
  { before, branch, moving }: Pinning,
): Promise<UpdateChoice> {
  const staying = before.packages.filter(({ name }) => !moving.has(name));
  const pins = new Map<string, Set<string>>();
  for (const { name, checksum } of staying) {
    pins.set(name, (pins.get(name) ?? new Set()).add(checksum));
  }
  const pinned: OpenRepository[] = [];
  for (const repository of repositories) {
    const home = staying.filter((it) => it.repository === repository.model.name);
    const missing = await missingRecords(fetcher, repository, home, before.arch);
    const records = pinVersions(repository.index.records, pins, missing);
    pinned.push({ ...repository, index: { ...repository.index, records } });
  }
  const kept = new Map(staying.map((it) => [it.checksum, it]));
  return { choice: choosePackages(pinned, requests, branch), kept };
}

/** What a repository no longer lists is read from the packages themselves, which the lock has. */
async function missingRecords(
  fetcher: Fetcher,
  { model, index }: OpenRepository,
  home: readonly LockedPackage[],
  arch: string,
): Promise<readonly PackageRecord[]> {
  const missing: PackageRecord[] = [];
  for (const locked of home) {
    const listed = index.records.named(locked.name);
    if (listed.some(({ checksum }) => checksum === locked.checksum)) continue;
    const { sha256 } = await fetchLockedPackage(
      fetcher,
      locked,
      { repository: model, arch },
      () => undefined,
    );
    const bytes = await fetcher.store.getBytes(sha256);
    if (bytes === undefined)
      throw new VipisoError('io', `${locked.name} disappeared from the cache while it was in use`);
    missing.push({ ...recordOf(bytes, locked.name, locked), arch: locked.arch });
  }
  return missing;
}
