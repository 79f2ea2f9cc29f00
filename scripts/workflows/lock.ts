import type { ImageModel } from '../cluster/model.ts';
import type { Host } from '../host/host.ts';
import { requestsFor } from '../image/cluster-requests.ts';
import { loadAports, recordedAports } from '../image/mkimage/aports/aports.ts';
import { loadCluster } from '../inputs/load-cluster.ts';
import { lockFileOf } from '../packages/lock/lock-file.ts';
import { lockCluster } from '../packages/lock/make-lock.ts';
import type { LockResult } from '../packages/lock/make-lock.ts';
import { repositoriesFromFlags } from '../packages/repository-flags.ts';

export interface LockFileRequest {
  /** As the user gave it. */
  readonly clusterFile: string;
  /** Values of `--repository`, instead of the cluster file's repositories; empty = those. */
  readonly repositories: readonly string[];
  /** Absolute path, instead of the cluster file's. */
  readonly keysFolder: string | undefined;
  /** Instead of the cluster file's. */
  readonly engine?: ImageModel['engine'] | undefined;
  /** Value of `--aports`, instead of the cluster file's. */
  readonly aports?: string | undefined;
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
  const loaded = await loadCluster(host, request.clusterFile, request);
  const { cluster, file } = loaded;
  const engine = request.engine ?? cluster.image.engine;
  const { requests } = await requestsFor(host, cluster, engine);
  const lockFile = lockFileOf(file);
  const { alpine } = cluster;
  const { aports: flag, offline } = request;
  const aports =
    engine === 'mkimage' ? await loadAports(host, { alpine, flag, offline }) : undefined;
  const result = await lockCluster(host, {
    alpine,
    source: loaded,
    lockFile,
    requests: { ...requests },
    ...(aports !== undefined && { aports: recordedAports(aports, lockFile) }),
    repositories: repositoriesFromFlags(host, request.repositories),
    keysFolder: request.keysFolder,
    offline,
    allowUntrusted: request.allowUntrusted,
    allowOlder: request.allowOlder,
  });
  return { ...result, lockFile };
}
