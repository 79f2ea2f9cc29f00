import type { Trust } from '../apk/index-archive.ts';
import type { KeySet } from '../apk/model.ts';
import type { AlpineModel, RepositoryModel } from '../cluster/model.ts';
import type { Host } from '../host/host.ts';
import { diffLocks } from '../lockfile/diff.ts';
import { lockInputsOf } from '../lockfile/inputs.ts';
import type { Requests } from '../lockfile/inputs.ts';
import type { Lockfile } from '../lockfile/schema.ts';
import { assembleLock } from './assemble-lock.ts';
import { choosePackages } from './choose-packages.ts';
import { findLockForRewrite, saveLock } from './lock-file.ts';
import { refuseOlderIndexes } from './older-indexes.ts';
import { openRepositories } from './open-repositories.ts';
import { supplyChosen } from './package-supply.ts';
import { supplyAll } from './supply-all.ts';
import { withSupply } from './supply.ts';
import type { Supply, SupplyOptions } from './supply.ts';
import { trustedKeys } from './trusted-keys.ts';

export interface LockRequest extends SupplyOptions {
  readonly alpine: AlpineModel;
  /** Absolute path: `lockFileOf` the cluster file. */
  readonly lockFile: string;
  readonly requests: Requests;
  /** aports' scripts to pin beside the packages, for the mkimage engine. */
  readonly aports?: Lockfile['aports'];
  /** In the place of the cluster file's: `repositoriesFromFlags`. */
  readonly repositories?: readonly RepositoryModel[] | undefined;
  /** In the place of the cluster file's: an absolute path. */
  readonly keysFolder?: string | undefined;
  /** Takes indexes without a trusted signature; the lock records it. */
  readonly allowUntrusted: boolean;
  /** Takes indexes that are older than the locked ones. */
  readonly allowOlder: boolean;
}

export interface LockResult {
  readonly lock: Lockfile;
  /** Whether the file was written; an unchanged one is left untouched. */
  readonly changed: boolean;
  /** What changed, one line each. */
  readonly diff: readonly string[];
}

/**
 * Chooses the packages for every purpose from the repositories as they are now, fetches and verifies them all, and
 * writes down exactly which they are.
 *
 * @throws VipisoError signature-untrusted, signature-invalid, malformed-index, downgrade, unsatisfiable,
 *   digest-mismatch, malformed-package; and what a download throws
 */
export async function lockCluster(host: Host, request: LockRequest): Promise<LockResult> {
  const { alpine, lockFile, requests } = request;
  const { branch, arch } = alpine;
  const models = request.repositories ?? alpine.repositories;
  const before = await findLockForRewrite(host, lockFile);
  const lock = await withSupply(host, request, async (supply) => {
    const { trust, keys } = await trustOf(supply, request, models);
    const repositories = await openRepositories(supply, models, arch, trust);
    if (!request.allowOlder) refuseOlderIndexes(before, { branch, repositories, lockFile });
    const choice = choosePackages(repositories, requests);
    const chosen = choice.packages.map((it) => ({ ...it, size: it.record.size }));
    const files = await supplyAll(host, 'Fetching packages', chosen, async (it, onProgress) => {
      const place = { repository: it.repository.model, arch };
      return await supplyChosen(supply, it.record, place, keys, onProgress);
    });
    const inputs = lockInputsOf(alpine, models, requests);
    const { aports } = request;
    return assembleLock(host, { inputs, repositories, keys, choice, files, lockFile, aports });
  });
  const changed = await saveLock(lockFile, lock);
  return { lock, changed, diff: changed ? diffLocks(before, lock) : [] };
}

async function trustOf(
  supply: Supply,
  { alpine, keysFolder, allowUntrusted }: LockRequest,
  repositories: readonly RepositoryModel[],
): Promise<{ readonly trust: Trust; readonly keys: KeySet }> {
  if (allowUntrusted) return { trust: 'allow-untrusted', keys: new Map() };
  const folder = keysFolder ?? alpine.keysFolder;
  const keys = await trustedKeys(supply, folder, repositories, alpine.arch);
  return { trust: keys, keys };
}
