import type { Trust } from '../../apk/index/index-archive.ts';
import type { KeySet } from '../../apk/model.ts';
import type { SourceText } from '../../cluster/findings/diagnostic-frame.ts';
import type { AlpineModel, RepositoryModel } from '../../cluster/model.ts';
import type { Host } from '../../host/host.ts';
import { checkRepositories } from '../branch/check-branch.ts';
import { choosePackages } from '../choose-packages.ts';
import type { Choice } from '../choose-packages.ts';
import { fetchAll } from '../fetch-all.ts';
import { fetchChosen, fetchLockedPackage } from '../fetch-package.ts';
import { withFetcher } from '../fetcher.ts';
import type { Fetcher, FetcherOptions } from '../fetcher.ts';
import { refuseOlderIndexes, warnOfFrozenIndexes } from '../older-indexes.ts';
import { openRepositories } from '../open-repositories.ts';
import type { OpenRepository } from '../open-repositories.ts';
import { trustedKeys } from '../trust/trusted-keys.ts';
import { assembleLock } from './assemble-lock.ts';
import { diffLocks } from './format/diff.ts';
import { lockInputsOf } from './format/inputs.ts';
import type { Requests } from './format/inputs.ts';
import type { LockedPackage, Lockfile } from './format/schema.ts';
import { findLockForRewrite, saveLock } from './lock-file.ts';

export interface LockRequest extends FetcherOptions {
  readonly alpine: AlpineModel;
  /** The cluster file: an error shows its line. */
  readonly source?: SourceText | undefined;
  /** Absolute path: `lockFileOf` the cluster file. */
  readonly lockFile: string;
  readonly requests: Requests;
  /** aports' scripts to pin beside the packages, for the mkimage engine. */
  readonly aports?: Lockfile['aports'];
  /** Instead of the cluster file's: `repositoriesFromFlags`. */
  readonly repositories?: readonly RepositoryModel[] | undefined;
  /** Instead of the cluster file's: an absolute path. */
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
  return await withFetcher(host, request, async (fetcher) => {
    const opened = await openForLock(fetcher, request, before);
    const choice = choosePackages(opened.repositories, request.requests, request.alpine.branch);
    return await lockChoice(fetcher, request, { opened, choice, before });
  });
}

/** Repositories that may be locked from, and the keys that vouch for them. */
export interface OpenedForLock {
  readonly repositories: readonly OpenRepository[];
  readonly keys: KeySet;
}

/** @throws VipisoError branch-mismatch, downgrade; what reading keys and indexes throws */
export async function openForLock(
  fetcher: Fetcher,
  request: LockRequest,
  before: Lockfile | undefined,
): Promise<OpenedForLock> {
  const { alpine } = request;
  const models = modelsOf(request);
  const { trust, keys } = await trustOf(fetcher, request, models);
  const repositories = await openRepositories(fetcher, models, alpine.arch, trust);
  const { branch } = alpine;
  checkRepositories(repositories, { branch, source: request.source, report: fetcher.host.report });
  if (!request.allowOlder) {
    refuseOlderIndexes(before, { branch, repositories });
  }
  if (!request.offline) warnOfFrozenIndexes(fetcher.host, repositories);
  return { repositories, keys };
}

/** Fetches and verifies what was chosen, and writes the lock. */
export async function lockChoice(
  fetcher: Fetcher,
  request: LockRequest,
  about: {
    readonly opened: OpenedForLock;
    readonly choice: Choice;
    readonly before: Lockfile | undefined;
    /** Packages that stay as they are locked, by checksum: a repository may have dropped them. */
    readonly kept?: ReadonlyMap<string, LockedPackage>;
  },
): Promise<LockResult> {
  const { host } = fetcher;
  const { alpine, lockFile, aports } = request;
  const { opened, choice, before, kept } = about;
  const { keys, repositories } = opened;
  const chosen = choice.packages.map((it) => ({ ...it, size: it.record.size }));
  const files = await fetchAll(host, 'Fetching packages', chosen, async (it, onProgress) => {
    const place = { repository: it.repository.model, arch: alpine.arch };
    const locked = kept?.get(it.record.checksum);
    return locked === undefined
      ? await fetchChosen(fetcher, it.record, place, keys, onProgress)
      : await fetchLockedPackage(fetcher, locked, place, onProgress);
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
  fetcher: Fetcher,
  { alpine, keysFolder, allowUntrusted }: LockRequest,
  repositories: readonly RepositoryModel[],
): Promise<{ readonly trust: Trust; readonly keys: KeySet }> {
  if (allowUntrusted) {
    const text =
      'UNTRUSTED PACKAGES: --allow-untrusted accepts indexes that no trusted key has signed; the lock and every manifest record it';
    fetcher.host.report({ type: 'note', level: 'warning', text });
    return { trust: 'allow-untrusted', keys: new Map() };
  }
  const folder = keysFolder ?? alpine.keysFolder;
  const keys = await trustedKeys(fetcher, folder, repositories, alpine.arch);
  return { trust: keys, keys };
}
