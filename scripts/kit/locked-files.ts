import type { KeySet } from '../apk/model.ts';
import { keyFingerprint } from '../apk/trust/keys.ts';
import type { RepositoryModel } from '../cluster/model.ts';
import { VipisoError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import { requestsFor } from '../image/cluster-requests.ts';
import { aportsArchive, cachedAportsName } from '../image/mkimage/aports/aports-cache.ts';
import { loadAports, requireLockedAports } from '../image/mkimage/aports/aports.ts';
import type { Aports } from '../image/mkimage/aports/aports.ts';
import type { LoadedCluster } from '../inputs/load-cluster.ts';
import { checkLock } from '../packages/branch/check-branch.ts';
import { fetchLocked } from '../packages/fetch-locked.ts';
import { withFetcher } from '../packages/fetcher.ts';
import { lockInputsOf } from '../packages/lock/format/inputs.ts';
import type { Lockfile } from '../packages/lock/format/schema.ts';
import { assertFresh, lockFileOf, requireLock } from '../packages/lock/lock-file.ts';
import { repositoriesFromFlags } from '../packages/repository-flags.ts';
import { trustedKeys } from '../packages/trust/trusted-keys.ts';
import type { KitSource } from './archive/write.ts';
import type { PackRequest } from './pack-request.ts';

const CACHE_FOLDER = 'kit/store';
const STORE_FOLDER = `${CACHE_FOLDER}/sha256`;
const KEYS_FOLDER = 'kit/keys';

/** What the locks of the cluster files name: packages and the keys that vouch for them. */
export interface LockedFiles {
  readonly sources: readonly KitSource[];
  /** Unix seconds: the newest of the locks. */
  readonly epoch: number;
}

/** @throws VipisoError lock-missing, lock-stale, branch-mismatch; what fetching throws */
export async function lockedFiles(
  host: Host,
  loaded: readonly LoadedCluster[],
  request: PackRequest,
): Promise<LockedFiles> {
  const sources = new Map<string, KitSource>();
  let epoch = 0;
  for (const cluster of loaded) {
    const lock = await freshLock(host, cluster, request);
    epoch = Math.max(epoch, lock.sourceDateEpoch);
    for (const source of await sourcesOf(host, cluster, lock, request)) {
      sources.set(source.path, source);
    }
  }
  return { sources: [...sources.values()], epoch };
}

async function freshLock(
  host: Host,
  loaded: LoadedCluster,
  request: PackRequest,
): Promise<Lockfile> {
  const { cluster, file } = loaded;
  const lock = await requireLock(lockFileOf(file));
  const engine = lock.aports === undefined ? cluster.image.engine : 'mkimage';
  const { requests } = await requestsFor(host, cluster, engine);
  assertFresh(
    lock,
    lockInputsOf(cluster.alpine, repositoriesOf(host, cluster, request), { ...requests }),
  );
  const { branch } = cluster.alpine;
  checkLock(lock, { branch, source: loaded, report: host.report });
  return lock;
}

async function sourcesOf(
  host: Host,
  { cluster, file }: LoadedCluster,
  lock: Lockfile,
  request: PackRequest,
): Promise<readonly KitSource[]> {
  const repositories = repositoriesOf(host, cluster, request);
  const { offline } = request;
  const find = await fetchLocked(host, { lock, repositories, offline });
  const packages = lock.packages.map(async (locked): Promise<KitSource> => {
    const { sha256 } = locked;
    const path = `${STORE_FOLDER}/${sha256.slice(0, 2)}/${sha256.slice(2)}`;
    return { type: 'file', path, mode: 0o644, from: await find(locked) };
  });
  const keys = await withFetcher(host, { offline }, async (fetcher) => {
    if (lock.keys.length === 0) return new Map<string, string>();
    const folder = request.keysFolder ?? cluster.alpine.keysFolder;
    return await trustedKeys(fetcher, folder, repositories, lock.arch);
  });
  const { alpine } = cluster;
  const aports =
    lock.aports === undefined
      ? undefined
      : await loadAports(host, { alpine, flag: undefined, lockFile: lockFileOf(file), offline });
  return [
    ...(await Promise.all(packages)),
    ...keySources(lock, keys),
    ...(aports === undefined ? [] : [aportsSource(lock, aports)]),
  ];
}

function repositoriesOf(
  host: Host,
  cluster: LoadedCluster['cluster'],
  { repositories }: PackRequest,
): readonly RepositoryModel[] {
  return repositoriesFromFlags(host, repositories) ?? cluster.alpine.repositories;
}

/** @throws VipisoError signature-untrusted: the key by that name is another than when the lock was made */
function keySources(lock: Lockfile, keys: KeySet): readonly KitSource[] {
  return lock.keys.map(({ name, fingerprint }) => {
    const pem = keys.get(name);
    if (pem !== undefined && keyFingerprint(pem) === fingerprint) {
      const path = `${KEYS_FOLDER}/${name}`;
      return { type: 'file', path, mode: 0o644, from: Buffer.from(pem) } as const;
    }
    throw new VipisoError('signature-untrusted', `the key ${name} is not the one of the lock`, {
      hint: 'Name the folder of the keys that the lock was made with by --keys, or lock again: vipiso lock',
    });
  });
}

function aportsSource(lock: Lockfile, aports: Aports): KitSource {
  requireLockedAports(aports, lock);
  const { scripts } = aports;
  const path = `${CACHE_FOLDER}/${cachedAportsName(scripts.sha256)}`;
  return { type: 'file', path, mode: 0o644, from: aportsArchive(scripts) };
}
