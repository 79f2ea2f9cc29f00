import type { RepositoryModel } from '../cluster/model.ts';
import { VipisoError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import { fetchAll } from './fetch-all.ts';
import { fetchLockedPackage } from './fetch-package.ts';
import type { LockedPackage, Lockfile } from './lock/format/schema.ts';
import type { PackageSources } from './sources.ts';

/** Gives the path of a locked package's file in the store, verified at this very moment. Read only. */
export type PackageFinder = (locked: LockedPackage) => Promise<string>;

/**
 * Brings every package of the lock into the store, each verified against its locked SHA-256; what is there already is
 * verified too.
 *
 * @throws VipisoError digest-mismatch, not-found, network, timeout, offline, interrupted, disk-full, permission
 */
export async function fetchLocked(sources: PackageSources, lock: Lockfile): Promise<PackageFinder> {
  const { host, store, repositories } = sources;
  warnOfUntrusted(host, lock);
  await fetchAll(host, 'Fetching packages', lock.packages, async (locked, onProgress) => {
    const repository = homeOf(locked, repositories);
    return await fetchLockedPackage(sources, locked, { repository, arch: lock.arch }, onProgress);
  });
  return async (locked) => {
    const file = await store.get(locked.sha256);
    if (file !== undefined) return file;
    throw new VipisoError(
      'io',
      `${locked.name}-${locked.version}.apk disappeared from the cache while it was in use`,
      {
        hint: 'Run the command again: it fetches what is missing.',
      },
    );
  };
}

/** `--allow-untrusted` is said again wherever the packages that it let in are used. */
function warnOfUntrusted({ report }: Host, { untrusted }: Lockfile): void {
  if (untrusted !== true) return;
  const text =
    'UNTRUSTED PACKAGES: the lock was made with --allow-untrusted, so nobody vouches for them; the manifest records it';
  report({ type: 'note', level: 'warning', text });
}

function homeOf(
  { name, repository }: LockedPackage,
  repositories: readonly RepositoryModel[],
): RepositoryModel {
  const home = repositories.find((it) => it.name === repository);
  if (home !== undefined) return home;
  throw new VipisoError(
    'lock-stale',
    `the lock takes ${name} from “${repository}”, which is not configured`,
    {
      details: [`configured: ${repositories.map((it) => it.name).join(', ')}`],
      hint: 'Configure that repository, or lock again: vipiso lock',
    },
  );
}
