import type { Host } from '../host/host.ts';
import type { EngineFlags } from '../image/engine.ts';
import { requestsFor } from '../image/cluster-requests.ts';
import { loadAports, recordedAports } from '../image/mkimage/aports/aports.ts';
import { loadCluster } from '../inputs/load-cluster.ts';
import { lockFileOf } from '../packages/lock/lock-file.ts';
import { lockCluster } from '../packages/lock/make-lock.ts';
import type { LockResult } from '../packages/lock/make-lock.ts';
import { openSources } from '../packages/sources.ts';
import type { SourceFlags } from '../packages/sources.ts';

export interface LockFileRequest {
  /** As the user gave it. */
  readonly clusterFile: string;
  readonly sources: SourceFlags;
  readonly engine: Omit<EngineFlags, 'builder'>;
}

/** Writes `vipiso.lock.json` beside a cluster file; see `lockCluster`. */
export async function lockClusterFile(
  host: Host,
  request: LockFileRequest,
): Promise<LockResult & { readonly lockFile: string }> {
  const loaded = await loadCluster(host, request.clusterFile);
  const { cluster, file } = loaded;
  const engine = request.engine.name ?? cluster.image.engine;
  const { requests } = await requestsFor(host, cluster, engine);
  await using sources = openSources(host, cluster, request.sources);
  const lockFile = await lockFileOf(file);
  const about = { flag: request.engine.aports, configured: cluster.alpine.aports };
  const aports = engine === 'mkimage' ? await loadAports(sources, about) : undefined;
  const result = await lockCluster(sources, {
    source: loaded,
    lockFile,
    requests: { ...requests },
    ...(aports !== undefined && { aports: recordedAports(aports, lockFile) }),
  });
  return { ...result, lockFile };
}
