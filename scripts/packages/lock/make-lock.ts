import type { Trust } from '../../apk/index/index-archive.ts';
import type { KeySet } from '../../apk/model.ts';
import type { SourceText } from '../../cluster/findings/diagnostic-frame.ts';
import { checkRepositories } from '../branch/check-branch.ts';
import { choosePackages } from '../choose-packages.ts';
import type { Choice } from '../choose-packages.ts';
import { fetchAll } from '../fetch-all.ts';
import { fetchChosen, fetchLockedPackage } from '../fetch-package.ts';
import type { PackageSources } from '../sources.ts';
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

export interface LockRequest {
  /** The cluster file: an error shows its line. */
  readonly source?: SourceText | undefined;
  /** Absolute path: `lockFileOf` the cluster file. */
  readonly lockFile: string;
  readonly requests: Requests;
  /** aports' scripts to pin beside the packages, for the mkimage engine. */
  readonly aports?: Lockfile['aports'];
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
export async function lockCluster(
  sources: PackageSources,
  request: LockRequest,
): Promise<LockResult> {
  const before = await findLockForRewrite(sources.host, request.lockFile);
  const opened = await openForLock(sources, { source: request.source, before });
  const choice = choosePackages(opened.repositories, request.requests, sources.branch);
  return await lockChoice(sources, request, { opened, choice, before });
}

/** Repositories that may be locked from, and the keys that vouch for them. */
export interface OpenedForLock {
  readonly repositories: readonly OpenRepository[];
  readonly keys: KeySet;
}

/** @throws VipisoError branch-mismatch, downgrade; what reading keys and indexes throws */
export async function openForLock(
  sources: PackageSources,
  {
    source,
    before,
  }: { readonly source?: SourceText | undefined; readonly before?: Lockfile | undefined },
): Promise<OpenedForLock> {
  const { branch, host } = sources;
  const { trust, keys } = await trustOf(sources);
  const repositories = await openRepositories(sources, trust);
  checkRepositories(repositories, { branch, source, report: host.report });
  if (!sources.allowOlder) refuseOlderIndexes(before, { branch, repositories });
  if (!sources.offline) warnOfFrozenIndexes(host, repositories);
  return { repositories, keys };
}

/** Fetches and verifies what was chosen, and writes the lock. */
export async function lockChoice(
  sources: PackageSources,
  { lockFile, requests, aports }: LockRequest,
  about: {
    readonly opened: OpenedForLock;
    readonly choice: Choice;
    readonly before: Lockfile | undefined;
    /** Packages that stay as they are locked, by checksum: a repository may have dropped them. */
    readonly kept?: ReadonlyMap<string, LockedPackage>;
  },
): Promise<LockResult> {
  const { host, arch } = sources;
  const { opened, choice, before, kept } = about;
  const { keys, repositories } = opened;
  const chosen = choice.packages.map((it) => ({ ...it, size: it.record.size }));
  const files = await fetchAll(host, 'Fetching packages', chosen, async (it, onProgress) => {
    const place = { repository: it.repository.model, arch };
    const locked = kept?.get(it.record.checksum);
    return locked === undefined
      ? await fetchChosen(sources, it.record, place, keys, onProgress)
      : await fetchLockedPackage(sources, locked, place, onProgress);
  });
  const inputs = lockInputsOf(sources, requests);
  const lock = assembleLock(host, { inputs, repositories, keys, choice, files, lockFile, aports });
  const changed = await saveLock(lockFile, lock);
  return { lock, changed, diff: changed ? diffLocks(before, lock) : [] };
}

async function trustOf(
  sources: PackageSources,
): Promise<{ readonly trust: Trust; readonly keys: KeySet }> {
  if (sources.allowUntrusted) {
    const text =
      'UNTRUSTED PACKAGES: --allow-untrusted takes the indexes of anybody who answers instead of the repositories; the lock and every manifest record it';
    sources.host.report({ type: 'note', level: 'warning', text });
    return { trust: 'allow-untrusted', keys: new Map() };
  }
  const keys = await trustedKeys(sources);
  return { trust: keys, keys };
}
