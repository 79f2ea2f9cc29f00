import type { Host } from '../host/host.ts';
import { lockInputsOf } from '../lockfile/inputs.ts';
import { requestsFor } from './cluster-requests.ts';
import { fetchLocked } from './fetch.ts';
import { loadCluster } from './load-cluster.ts';
import { assertFresh, lockFileOf, requireLock } from './lock-file.ts';
import { repositoriesFromFlags } from './repository-flags.ts';

export interface FetchFileRequest {
  /** As the user gave it. */
  readonly clusterFile: string;
  /** Values of `--repository`, in the place of the cluster file's repositories; empty = those. */
  readonly repositories: readonly string[];
  readonly offline: boolean;
  readonly colour: boolean;
}

/**
 * Brings everything that the lock beside a cluster file names into the store, verified.
 *
 * @throws VipisoError lock-missing, lock-stale; what `fetchLocked` throws
 */
export async function fetchClusterFile(
  host: Host,
  request: FetchFileRequest,
): Promise<{ readonly packages: number; readonly bytes: number }> {
  const { cluster, file } = await loadCluster(host, request.clusterFile, request);
  const { requests } = await requestsFor(host, cluster);
  const repositories =
    repositoriesFromFlags(host, request.repositories) ?? cluster.alpine.repositories;
  const lock = await requireLock(lockFileOf(file));
  assertFresh(lock, lockInputsOf(cluster.alpine, repositories, { ...requests }));
  await fetchLocked(host, { lock, repositories, offline: request.offline });
  const bytes = lock.packages.reduce((sum, { size }) => sum + size, 0);
  return { packages: lock.packages.length, bytes };
}
