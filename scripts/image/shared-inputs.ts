import { fetchLocked } from '../packages/fetch-locked.ts';
import { closureOf } from '../packages/lock/format/closure.ts';
import type { LockedPackage, Lockfile } from '../packages/lock/format/schema.ts';
import type { PackageFile } from '../packages/package-files.ts';
import type { PackageSources } from '../packages/sources.ts';
import type { EngineJob, SharedInputs } from './engine.ts';

/** Where a build reads its packages: in the store, which every use checks again. */
export function filesInStore(
  { store }: PackageSources,
  packages: readonly LockedPackage[],
): PackageFile[] {
  return packages.map((locked) => ({ locked, path: store.pathOf(locked.sha256) }));
}

/**
 * Fetches the packages of a lock and gathers what decides the images' content for every engine alike.
 *
 * @param lock that of the job, less what its engine does not need
 */
export async function fetchInputs(
  { sources, cluster, profile, siteKey }: Omit<EngineJob, 'locked' | 'overlays' | 'accept'>,
  lock: Lockfile,
): Promise<SharedInputs> {
  await fetchLocked(sources, lock);
  return {
    arch: lock.arch,
    branch: lock.branch,
    flavour: cluster.alpine.kernelFlavour,
    profileName: cluster.image.profile,
    profile,
    modules: cluster.image.modules,
    epoch: lock.sourceDateEpoch,
    imagePackages: filesInStore(sources, closureOf(lock, 'image')),
    kernelPackages: filesInStore(sources, closureOf(lock, 'kernel')),
    siteKey,
  };
}
