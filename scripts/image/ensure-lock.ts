import type { Sha256 } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import type { LoadedCluster } from '../inputs/load-cluster.ts';
import { checkLock } from '../packages/branch/check-branch.ts';
import { lockDigest } from '../packages/lock/format/digest.ts';
import { lockInputsOf } from '../packages/lock/format/inputs.ts';
import type { Lockfile } from '../packages/lock/format/schema.ts';
import { assertFresh, findLock, lockFileOf, requireLock } from '../packages/lock/lock-file.ts';
import { lockCluster } from '../packages/lock/make-lock.ts';
import type { PackageSources } from '../packages/sources.ts';
import { requestsFor } from './cluster-requests.ts';
import { recordedAports, requireLockedAports } from './mkimage/aports/aports.ts';
import type { Aports } from './mkimage/aports/aports.ts';
import type { ImageRequests } from './requests.ts';

/** The lock a build goes by. */
export interface BuildLock {
  readonly lock: Lockfile;
  /** `lockDigest`. */
  readonly digest: Sha256;
}

export interface BuildLockRequest {
  readonly loaded: LoadedCluster;
  readonly requests: ImageRequests;
  /** aports' scripts, where mkimage makes the images. */
  readonly aports: Aports | undefined;
  /** Refuses to make a lock where there is none. */
  readonly frozen: boolean;
}

/**
 * Reads the lock beside the cluster file, or makes it when there is none.
 * @throws VipisoError lock-stale with the differences; branch-mismatch; digest-mismatch: other aports' scripts than the locked; lock-missing when it must not be made
 */
export async function ensureLock(
  sources: PackageSources,
  request: BuildLockRequest,
): Promise<BuildLock> {
  const { loaded, requests, aports } = request;
  const lockFile = await lockFileOf(loaded.file);
  const found = await findLock(lockFile);
  if (found !== undefined) {
    requireFresh(sources, found, request);
    if (aports !== undefined) requireLockedAports(aports, found);
    return { lock: found, digest: lockDigest(found) };
  }
  if (request.frozen) {
    throw new VipisoError('lock-missing', `there is no lock file: ${lockFile}`, {
      hint: 'Make it with: vipiso lock',
    });
  }
  const { lock } = await lockCluster(sources, {
    source: loaded,
    lockFile,
    requests: { ...requests },
    ...(aports !== undefined && { aports: recordedAports(aports, lockFile) }),
  });
  const { report } = sources.host;
  report({ type: 'note', level: 'info', text: `Locked the packages: ${lockFile}` });
  return { lock, digest: lockDigest(lock) };
}

/**
 * Reads the lock beside a cluster file, which must hold: for commands that bring what it names somewhere.
 * @throws VipisoError lock-missing, lock-stale, branch-mismatch
 */
export async function requireFreshLock(
  sources: PackageSources,
  loaded: LoadedCluster,
): Promise<Lockfile> {
  const { cluster, file } = loaded;
  const lock = await requireLock(await lockFileOf(file));
  const engine = lock.aports === undefined ? cluster.image.engine : 'mkimage';
  const { requests } = await requestsFor(sources.host, cluster, engine);
  requireFresh(sources, lock, { loaded, requests });
  return lock;
}

function requireFresh(
  sources: PackageSources,
  lock: Lockfile,
  { loaded, requests }: Pick<BuildLockRequest, 'loaded' | 'requests'>,
): void {
  assertFresh(lock, lockInputsOf(sources, { ...requests }));
  const { branch, host } = sources;
  checkLock(lock, { branch, source: loaded, report: host.report });
}
