import { daemonVersions } from '../cluster/daemon-versions.ts';
import type { LockedDaemons } from '../cluster/daemon-versions.ts';
import type { ClusterModel } from '../cluster/model.ts';
import { VipisoError } from '../core/errors.ts';
import type { Lockfile } from '../packages/lock/format/schema.ts';
import { findLock, lockFileOf } from '../packages/lock/lock-file.ts';

/**
 * What the lock beside a cluster file says of the daemons; undefined where there is no lock, or none that can be read:
 * the command that needs the lock itself says so.
 */
export async function lockedDaemonsBeside(clusterFile: string): Promise<LockedDaemons | undefined> {
  try {
    const lock = await findLock(await lockFileOf(clusterFile));
    return lock && lockedDaemons(lock);
  } catch (error) {
    if (error instanceof VipisoError) return undefined;
    throw error;
  }
}

/** The model as it is with this lock, which may be newer than the one that the cluster file was judged with. */
export function withLock(cluster: ClusterModel, lock: Lockfile | undefined): ClusterModel {
  if (lock === undefined) return cluster;
  return { ...cluster, daemons: daemonVersions(cluster.alpine, lockedDaemons(lock)) };
}

function lockedDaemons({ branch, arch, packages }: Lockfile): LockedDaemons {
  const versionOf = (name: string) =>
    packages.find((it) => it.name === name && it.for.includes('image'))?.version;
  return { branch, arch, haproxy: versionOf('haproxy'), keepalived: versionOf('keepalived') };
}
