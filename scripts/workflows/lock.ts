import type { Trust } from '../apk/index-archive.ts';
import type { KeySet } from '../apk/model.ts';
import type { SourceText } from '../cluster/diagnostic-frame.ts';
import type { AlpineModel, RepositoryModel } from '../cluster/model.ts';
import type { Host } from '../host/host.ts';
import { diffLocks } from '../lockfile/diff.ts';
import { lockInputsOf } from '../lockfile/inputs.ts';
import type { Requests } from '../lockfile/inputs.ts';
import type { LockedPackage, Lockfile } from '../lockfile/schema.ts';
import { assembleLock } from './assemble-lock.ts';
import { checkRepositories } from './branch/check-branch.ts';
import { choosePackages } from './choose-packages.ts';
import type { Choice } from './choose-packages.ts';
import { findLockForRewrite, saveLock } from './lock-file.ts';
import { refuseOlderIndexes, warnOfFrozenIndexes } from './older-indexes.ts';
import { openRepositories } from './open-repositories.ts';
import type { OpenRepository } from './open-repositories.ts';
import { supplyChosen, supplyLocked } from './package-supply.ts';
import { supplyAll } from './supply-all.ts';
import { withSupply } from './supply.ts';
import type { Supply, SupplyOptions } from './supply.ts';
import { trustedKeys } from './trusted-keys.ts';

export interface LockRequest extends SupplyOptions {
  readonly alpine: AlpineModel;
  /** The cluster file: an error shows its line. */
  readonly source?: SourceText | undefined;
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
 * @throws VipisoError signature-untrusted, signature-invalid, malformed-index, branch-mismatch, downgrade,
 *   unsatisfiable, digest-mismatch, malformed-package; and what a download throws
 */
export async function lockCluster(host: Host, request: LockRequest): Promise<LockResult> {
  const before = await findLockForRewrite(host, request.lockFile);
  return await withSupply(host, request, async (supply) => {
    const opened = await openForLock(supply, request, before);
    const choice = choosePackages(opened.repositories, request.requests, request.alpine.branch);
    return await lockChoice(supply, request, { opened, choice, before });
  });
}

/** Repositories that may be locked from, and the keys that vouch for them. */
export interface OpenedForLock {
  readonly repositories: readonly OpenRepository[];
  readonly keys: KeySet;
}

/** @throws VipisoError branch-mismatch, downgrade; what reading keys and indexes throws */
export async function openForLock(
  supply: Supply,
  request: LockRequest,
  before: Lockfile | undefined,
): Promise<OpenedForLock> {
  const { alpine } = request;
  const models = modelsOf(request);
  const { trust, keys } = await trustOf(supply, request, models);
  const repositories = await openRepositories(supply, models, alpine.arch, trust);
  const { branch } = alpine;
  checkRepositories(repositories, { branch, source: request.source, report: supply.host.report });
  if (!request.allowOlder) {
    refuseOlderIndexes(before, { branch, repositories });
  }
  if (!request.offline) warnOfFrozenIndexes(supply.host, repositories);
  return { repositories, keys };
}

/** Fetches and verifies what was chosen, and writes the lock. */
export async function lockChoice(
  supply: Supply,
  request: LockRequest,
  about: {
    readonly opened: OpenedForLock;
    readonly choice: Choice;
    readonly before: Lockfile | undefined;
    /** Packages that stay as they are locked, by checksum: a repository may have dropped them. */
    readonly kept?: ReadonlyMap<string, LockedPackage>;
  },
): Promise<LockResult> {
  const { host } = supply;
  const { alpine, lockFile, aports } = request;
  const { opened, choice, before, kept } = about;
  const { keys, repositories } = opened;
  const chosen = choice.packages.map((it) => ({ ...it, size: it.record.size }));
  const files = await supplyAll(host, 'Fetching packages', chosen, async (it, onProgress) => {
    const place = { repository: it.repository.model, arch: alpine.arch };
    const locked = kept?.get(it.record.checksum);
    return locked === undefined
      ? await supplyChosen(supply, it.record, place, keys, onProgress)
      : await supplyLocked(supply, locked, place, onProgress);
  });
  const inputs = lockInputsOf(alpine, modelsOf(request), request.requests);
  const lock = assembleLock(host, { inputs, repositories, keys, choice, files, lockFile, aports });
  const changed = await saveLock(lockFile, lock);
  return { lock, changed, diff: changed ? diffLocks(before, lock) : [] };
}

function modelsOf({ repositories, alpine }: LockRequest): readonly RepositoryModel[] {
  return repositories ?? alpine.repositories;
}

async function trustOf(
  supply: Supply,
  { alpine, keysFolder, allowUntrusted }: LockRequest,
  repositories: readonly RepositoryModel[],
): Promise<{ readonly trust: Trust; readonly keys: KeySet }> {
  if (allowUntrusted) {
    const text =
      'UNTRUSTED PACKAGES: --allow-untrusted takes the indexes of anybody who answers in the place of the repositories; the lock and every manifest record it';
    supply.host.report({ type: 'note', level: 'warning', text });
    return { trust: 'allow-untrusted', keys: new Map() };
  }
  const folder = keysFolder ?? alpine.keysFolder;
  const keys = await trustedKeys(supply, folder, repositories, alpine.arch);
  return { trust: keys, keys };
}
