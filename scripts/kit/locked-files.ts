import type { KeySet } from '../apk/model.ts';
import { keyFingerprint } from '../apk/trust/keys.ts';
import { VipisoError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import { requireFreshLock } from '../image/ensure-lock.ts';
import { aportsArchive, cachedAportsName } from '../image/mkimage/aports/aports-cache.ts';
import { loadAports, requireLockedAports } from '../image/mkimage/aports/aports.ts';
import type { Aports } from '../image/mkimage/aports/aports.ts';
import type { LoadedCluster } from '../inputs/load-cluster.ts';
import { fetchLocked } from '../packages/fetch-locked.ts';
import { openSources } from '../packages/sources.ts';
import type { PackageSources, SourceFlags } from '../packages/sources.ts';
import type { Lockfile } from '../packages/lock/format/schema.ts';
import { lockFileOf } from '../packages/lock/lock-file.ts';
import { trustedKeys } from '../packages/trust/trusted-keys.ts';
import type { KitSource } from './archive/write.ts';

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
  flags: SourceFlags,
): Promise<LockedFiles> {
  const files = new Map<string, KitSource>();
  let epoch = 0;
  for (const cluster of loaded) {
    await using sources = openSources(host, cluster.cluster, flags);
    const lock = await requireFreshLock(sources, cluster);
    epoch = Math.max(epoch, lock.sourceDateEpoch);
    for (const file of await filesOf(sources, cluster, lock)) files.set(file.path, file);
  }
  return { sources: [...files.values()], epoch };
}

async function filesOf(
  sources: PackageSources,
  { cluster, file }: LoadedCluster,
  lock: Lockfile,
): Promise<readonly KitSource[]> {
  const find = await fetchLocked(sources, lock);
  const packages = lock.packages.map(async (locked): Promise<KitSource> => {
    const { sha256 } = locked;
    const path = `${STORE_FOLDER}/${sha256.slice(0, 2)}/${sha256.slice(2)}`;
    return { type: 'file', path, mode: 0o644, from: await find(locked) };
  });
  const keys = lock.keys.length === 0 ? new Map<string, string>() : await trustedKeys(sources);
  const about = { configured: cluster.alpine.aports, lockFile: await lockFileOf(file) };
  const aports = lock.aports === undefined ? undefined : await loadAports(sources, about);
  return [
    ...(await Promise.all(packages)),
    ...keySources(lock, keys),
    ...(aports === undefined ? [] : [aportsSource(lock, aports)]),
  ];
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
