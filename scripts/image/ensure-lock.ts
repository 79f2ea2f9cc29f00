import path from 'node:path';
import type { RepositoryModel } from '../cluster/model.ts';
import type { Sha256 } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import type { LoadedCluster } from '../inputs/load-cluster.ts';
import { checkLock } from '../packages/branch/check-branch.ts';
import { lockDigest } from '../packages/lock/format/digest.ts';
import { lockInputsOf } from '../packages/lock/format/inputs.ts';
import type { Lockfile } from '../packages/lock/format/schema.ts';
import { assertFresh, findLock, lockFileOf } from '../packages/lock/lock-file.ts';
import { lockCluster } from '../packages/lock/make-lock.ts';
import { repositoriesFromFlags } from '../packages/repository-flags.ts';
import { recordedAports, requireLockedAports } from './mkimage/aports/aports.ts';
import type { Aports } from './mkimage/aports/aports.ts';
import type { ImageRequests } from './requests.ts';

/** The lock a build goes by, and where its packages are available. */
export interface BuildLock {
  readonly lock: Lockfile;
  /** `lockDigest`. */
  readonly digest: Sha256;
  readonly repositories: readonly RepositoryModel[];
}

export interface BuildLockRequest {
  readonly loaded: LoadedCluster;
  readonly requests: ImageRequests;
  /** aports' scripts, where mkimage makes the images. */
  readonly aports: Aports | undefined;
  readonly repositories: readonly string[];
  readonly keys?: string | undefined;
  readonly offline: boolean;
  readonly frozen: boolean;
}

/**
 * Reads the lock beside the cluster file, or makes it when there is none.
 * @throws VipisoError lock-stale with the differences; branch-mismatch; digest-mismatch: other aports' scripts than the locked; lock-missing when it must not be made
 */
export async function ensureLock(host: Host, request: BuildLockRequest): Promise<BuildLock> {
  const { loaded, requests, aports, offline } = request;
  const { alpine } = loaded.cluster;
  const flags = repositoriesFromFlags(host, request.repositories);
  const repositories = flags ?? alpine.repositories;
  const lockFile = lockFileOf(loaded.file);
  const found = await findLock(lockFile);
  if (found !== undefined) {
    assertFresh(found, lockInputsOf(alpine, repositories, { ...requests }));
    checkLock(found, { branch: alpine.branch, source: loaded, report: host.report });
    if (aports !== undefined) requireLockedAports(aports, found);
    return { lock: found, digest: lockDigest(found), repositories };
  }
  if (request.frozen) {
    throw new VipisoError('lock-missing', `there is no lock file: ${lockFile}`, {
      hint: 'Make it with: vipiso lock',
    });
  }
  const { lock } = await lockCluster(host, {
    alpine,
    source: loaded,
    lockFile,
    requests: { ...requests },
    ...(aports !== undefined && { aports: recordedAports(aports, lockFile) }),
    repositories: flags,
    keysFolder: request.keys === undefined ? undefined : path.resolve(host.cwd, request.keys),
    offline,
    allowUntrusted: false,
    allowOlder: false,
  });
  host.report({ type: 'note', level: 'info', text: `Locked the packages: ${lockFile}` });
  return { lock, digest: lockDigest(lock), repositories };
}
