import type { Diagnostic } from '../../core/diagnostic.ts';
import { VipisoError } from '../../core/errors.ts';
import { ContentStore } from '../../host/cache/content-store.ts';
import type { Host } from '../../host/host.ts';
import { requireSandbox } from '../../host/sandbox/require-sandbox.ts';
import type { LoadedCluster } from '../../inputs/load-cluster.ts';
import { renderOverlays } from '../../overlay/node-overlays.ts';
import { closureOf } from '../../packages/lock/format/closure.ts';
import { lockInputsOf, staleness } from '../../packages/lock/format/inputs.ts';
import type { LockedPackage, Lockfile } from '../../packages/lock/format/schema.ts';
import { findLock, lockFileOf } from '../../packages/lock/lock-file.ts';
import type { PackageFile } from '../../packages/package-files.ts';
import { requestsFor } from '../cluster-requests.ts';
import { canRun } from './can-run.ts';
import { hasImageRoot, layImageRoot } from './image-root.ts';
import type { ImageRoot } from './image-root.ts';
import { testConfig } from './test-config.ts';

/** What the daemons of a cluster's images say, or why they could not be asked. */
export type ConfigCheck =
  | {
      readonly asked: true;
      readonly diagnostics: readonly Diagnostic[];
      readonly limits: readonly string[];
    }
  | { readonly asked: false; readonly reason: string; readonly remedy: string };

/**
 * Asks the daemons of the images where everything for it is at hand: a lock that fits the cluster file and its packages
 * in the cache. Never touches the network.
 *
 * @throws VipisoError as `testConfig`
 */
export async function checkConfig(host: Host, loaded: LoadedCluster): Promise<ConfigCheck> {
  const found = await usableLock(host, loaded);
  if ('reason' in found) return { asked: false, ...found };
  const { lock } = found;
  if (!canRun(host, lock.arch)) {
    const reason = `this machine runs no ${lock.arch} programs`;
    return { asked: false, reason, remedy: 'check on a machine that does' };
  }
  const sandbox = await sandboxTrouble(host);
  if (sandbox !== undefined) return { asked: false, reason: sandbox, remedy: 'vipiso doctor' };
  const root = await rootAtHand(host, lock);
  if (root === undefined) {
    const reason = 'the locked packages are not all in the cache';
    return { asked: false, reason, remedy: 'vipiso fetch' };
  }
  const { cluster } = loaded;
  const overlays = await renderOverlays(host, cluster, cluster.nodes, lock);
  return { asked: true, ...(await testConfig(host, { loaded, lock, root, overlays })) };
}

interface Trouble {
  readonly reason: string;
  readonly remedy: string;
}

async function usableLock(
  host: Host,
  { cluster, file }: LoadedCluster,
): Promise<{ readonly lock: Lockfile } | Trouble> {
  const remedy = 'vipiso lock';
  const lock = await lockOrTrouble(await lockFileOf(file));
  if (lock === undefined) return { reason: 'there is no lock', remedy };
  if ('reason' in lock) return lock;
  const { requests } = await requestsFor(host, cluster);
  // Repositories may be named on the command line: which packages are wanted decides here, not where they come from.
  const { repositories } = lock;
  const wanted = lockInputsOf({ ...cluster.alpine, repositories }, { image: requests.image });
  const changes = staleness(lock, wanted);
  return changes.length === 0
    ? { lock }
    : { reason: `the lock is out of date (${changes.join('; ')})`, remedy };
}

async function lockOrTrouble(lockFile: string): Promise<Lockfile | Trouble | undefined> {
  try {
    return await findLock(lockFile);
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code !== 'lock-stale') throw error;
    return { reason: 'the lock file cannot be read', remedy: 'vipiso lock' };
  }
}

async function sandboxTrouble(host: Host): Promise<string | undefined> {
  try {
    await requireSandbox(host);
    return undefined;
  } catch (error) {
    if (!(error instanceof VipisoError) || !['sandbox', 'tool-missing'].includes(error.code))
      throw error;
    return error.message;
  }
}

/** The root from the cache, or laid out from the cache's packages; undefined when one of them is not there. */
async function rootAtHand(host: Host, lock: Lockfile): Promise<ImageRoot | undefined> {
  const packages = closureOf(lock, 'image');
  if (await hasImageRoot(host, packages)) {
    return await layImageRoot(host, packages, async () => {
      const files = await filesAtHand(host, packages);
      if (files !== undefined) return files;
      throw new VipisoError('not-found', 'the locked packages are no longer in the cache', {
        hint: 'Fetch them: vipiso fetch',
      });
    });
  }
  const files = await filesAtHand(host, packages);
  return files && (await layImageRoot(host, packages, () => Promise.resolve(files)));
}

async function filesAtHand(
  host: Host,
  packages: readonly LockedPackage[],
): Promise<readonly PackageFile[] | undefined> {
  const store = new ContentStore(host);
  const files: PackageFile[] = [];
  for (const locked of packages) {
    const file = await store.get(locked.sha256);
    if (file === undefined) return undefined;
    files.push({ locked, path: file });
  }
  return files;
}
