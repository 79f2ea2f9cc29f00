import type { Host } from '../host/host.ts';
import { requestsFor } from './cluster-requests.ts';
import { loadCluster } from './load-cluster.ts';
import { lockFileOf } from './lock-file.ts';
import { lockCluster } from './lock.ts';
import type { LockResult } from './lock.ts';
import { repositoriesFromFlags } from './repository-flags.ts';

export interface LockFileRequest {
  /** As the user gave it. */
  readonly clusterFile: string;
  /** Values of `--repository`, in the place of the cluster file's repositories; empty = those. */
  readonly repositories: readonly string[];
  /** Absolute path, in the place of the cluster file's. */
  readonly keysFolder: string | undefined;
  readonly offline: boolean;
  readonly allowUntrusted: boolean;
  readonly allowOlder: boolean;
  readonly colour: boolean;
}

/** Writes `vipiso.lock.json` beside a cluster file; see `lockCluster`. */
export async function lockClusterFile(
  host: Host,
  request: LockFileRequest,
): Promise<LockResult & { readonly lockFile: string }> {
  const { cluster, file } = await loadCluster(host, request.clusterFile, request);
  const { requests } = await requestsFor(host, cluster);
  const lockFile = lockFileOf(file);
  const result = await lockCluster(host, {
    alpine: cluster.alpine,
    lockFile,
    requests: { ...requests },
    repositories: repositoriesFromFlags(host, request.repositories),
    keysFolder: request.keysFolder,
    offline: request.offline,
    allowUntrusted: request.allowUntrusted,
    allowOlder: request.allowOlder,
  });
  return { ...result, lockFile };
}
