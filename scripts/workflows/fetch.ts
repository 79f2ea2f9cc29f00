import path from 'node:path';
import type { Host } from '../host/host.ts';
import { requestsFor } from '../image/cluster-requests.ts';
import { loadAports, requireLockedAports } from '../image/mkimage/aports/aports.ts';
import { loadCluster } from '../inputs/load-cluster.ts';
import { checkLock } from '../packages/branch/check-branch.ts';
import { fetchLocked } from '../packages/fetch-locked.ts';
import { lockInputsOf } from '../packages/lock/format/inputs.ts';
import { assertFresh, lockFileOf, requireLock } from '../packages/lock/lock-file.ts';
import { writeMirror } from '../packages/mirror.ts';
import type { Mirror, MirrorRequest } from '../packages/mirror.ts';
import { repositoriesFromFlags } from '../packages/repository-flags.ts';
import { siteKey } from '../packages/trust/site-key.ts';

export interface FetchFileRequest {
  /** As the user gave it. */
  readonly clusterFile: string;
  /** Values of `--repository`, instead of the cluster file's repositories; empty = those. */
  readonly repositories: readonly string[];
  readonly offline: boolean;
  /** Most bytes per second of all downloads together. */
  readonly rateLimit?: number | undefined;
  /** Folder that becomes an Alpine mirror of the lock, as the user gave it. */
  readonly mirror?: string | undefined;
  /** Private key that signs the mirror's indexes, as the user gave it; absent = the one of builds. */
  readonly signingKey?: string | undefined;
  readonly colour: boolean;
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
  const loaded = await loadCluster(host, request.clusterFile, request);
  const { cluster, file } = loaded;
  const { alpine } = cluster;
  const repositories = repositoriesFromFlags(host, request.repositories) ?? alpine.repositories;
  const lockFile = lockFileOf(file);
  const lock = await requireLock(lockFile);
  const engine = lock.aports === undefined ? cluster.image.engine : 'mkimage';
  const { requests } = await requestsFor(host, cluster, engine);
  assertFresh(lock, lockInputsOf(alpine, repositories, { ...requests }));
  checkLock(lock, { branch: alpine.branch, source: loaded, report: host.report });
  const { offline, rateLimit } = request;
  const find = await fetchLocked(host, { lock, repositories, offline, rateLimit });
  if (lock.aports !== undefined) {
    const aports = await loadAports(host, { alpine, flag: undefined, lockFile, offline });
    requireLockedAports(aports, lock);
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
  const named = signingKey === undefined ? undefined : path.resolve(host.cwd, signingKey);
  const key = await siteKey(host, named);
  return await writeMirror(host, {
    ...content,
    siteKey: key,
    folder: path.resolve(host.cwd, mirror),
  });
}
