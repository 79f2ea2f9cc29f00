import type { Host } from '../host/host.ts';
import { requireFreshLock } from '../image/ensure-lock.ts';
import { loadAports, requireLockedAports } from '../image/mkimage/aports/aports.ts';
import { loadCluster } from '../inputs/load-cluster.ts';
import { fetchLocked } from '../packages/fetch-locked.ts';
import { lockFileOf } from '../packages/lock/lock-file.ts';
import { writeMirror } from '../packages/mirror.ts';
import type { Mirror, MirrorRequest } from '../packages/mirror.ts';
import { openSources } from '../packages/sources.ts';
import type { SourceFlags } from '../packages/sources.ts';
import { siteKey } from '../packages/trust/site-key.ts';

export interface FetchFileRequest {
  /** As the user gave it. */
  readonly clusterFile: string;
  readonly sources: SourceFlags;
  /** Absolute path of the folder that becomes an Alpine mirror of the lock. */
  readonly mirror?: string | undefined;
  /** Absolute path of the private key that signs the mirror's indexes; absent = the one of builds. */
  readonly signingKey?: string | undefined;
}

export interface Fetched {
  readonly packages: number;
  readonly bytes: number;
  readonly mirror: Mirror | undefined;
}

/**
 * Brings everything that the lock beside a cluster file names into the cache, verified: packages, and mkimage's scripts
 * where it pins some. Lays the packages out as a mirror where one is asked for.
 *
 * @throws VipisoError lock-missing, lock-stale, branch-mismatch; what `fetchLocked` and `writeMirror` throw
 */
export async function fetchClusterFile(host: Host, request: FetchFileRequest): Promise<Fetched> {
  const loaded = await loadCluster(host, request.clusterFile);
  const { cluster, file } = loaded;
  await using sources = openSources(host, cluster, request.sources);
  const lock = await requireFreshLock(sources, loaded);
  const find = await fetchLocked(sources, lock);
  if (lock.aports !== undefined) {
    const about = { configured: cluster.alpine.aports, lockFile: await lockFileOf(file) };
    requireLockedAports(await loadAports(sources, about), lock);
  }
  const bytes = lock.packages.reduce((sum, { size }) => sum + size, 0);
  const mirror = await mirrorFor(host, request, { lock, find });
  return { packages: lock.packages.length, bytes, mirror };
}

async function mirrorFor(
  host: Host,
  { mirror, signingKey }: FetchFileRequest,
  content: Pick<MirrorRequest, 'lock' | 'find'>,
): Promise<Mirror | undefined> {
  if (mirror === undefined) return undefined;
  const key = await siteKey(host, signingKey);
  return await writeMirror(host, { ...content, siteKey: key, folder: mirror });
}
