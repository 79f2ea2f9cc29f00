import type { SecurityFix } from '../apk/secdb.ts';
import { setBranch } from '../cluster/text/set-branch.ts';
import { VipisoError } from '../core/errors.ts';
import { writeFileAtomic } from '../host/fs/atomic-file.ts';
import type { Host } from '../host/host.ts';
import { requestsFor } from '../image/cluster-requests.ts';
import { loadAports, recordedAports } from '../image/mkimage/aports/aports.ts';
import { clusterInvalid, judgeText, loadCluster } from '../inputs/load-cluster.ts';
import type { LoadedCluster } from '../inputs/load-cluster.ts';
import { choosePackages } from '../packages/choose-packages.ts';
import { openSources } from '../packages/sources.ts';
import type { PackageSources, SourceFlags } from '../packages/sources.ts';
import type { Lockfile } from '../packages/lock/format/schema.ts';
import { lockFileOf, requireLock } from '../packages/lock/lock-file.ts';
import { lockChoice, openForLock } from '../packages/lock/make-lock.ts';
import type { LockRequest } from '../packages/lock/make-lock.ts';
import { changesOf, fixedInLock } from '../packages/update/changes.ts';
import type { PackageChange } from '../packages/update/changes.ts';
import { chooseMoving } from '../packages/update/choose-update.ts';
import { securityDatabases } from '../packages/update/security-databases.ts';

export interface UpdateRequest {
  /** As the user gave it. */
  readonly clusterFile: string;
  /** Packages that are to move; empty = all. */
  readonly packages: readonly string[];
  /** Another branch of Alpine; it is written into the cluster file too. */
  readonly branch: string | undefined;
  /** Writes nothing. */
  readonly dryRun: boolean;
  /** Absolute path of a file or folder, or URL, of security databases; absent = Alpine's. */
  readonly secdb: string | undefined;
  readonly sources: SourceFlags;
}

export interface UpdateResult {
  readonly changes: readonly PackageChange[];
  /** What the versions that were locked until now have fixed, by origin. */
  readonly fixed: ReadonlyMap<string, readonly SecurityFix[]>;
  /** Whether a security database was there to ask. */
  readonly secdb: boolean;
  /** Whether the lock was written. */
  readonly written: boolean;
  /** Absolute path. */
  readonly lockFile: string;
}

/**
 * Chooses again from the repositories as they are now, tells what that changes and what it closes, and writes the lock.
 *
 * @throws VipisoError lock-missing, usage, unsatisfiable; what locking throws
 */
export async function updateLock(host: Host, request: UpdateRequest): Promise<UpdateResult> {
  if (request.branch !== undefined && request.packages.length > 0) {
    throw new VipisoError('usage', 'another branch moves every package: name none with --branch');
  }
  const loaded = await loadFor(host, request);
  const before = await requireLock(await lockFileOf(loaded.file));
  await using sources = openSources(host, loaded.cluster, request.sources);
  const lockRequest = await lockRequestFor(sources, loaded, before);
  const { source, lockFile, requests } = lockRequest;
  const { branch } = sources;
  const opened = await openForLock(sources, { source, before });
  const { choice, kept } =
    request.packages.length === 0
      ? { choice: choosePackages(opened.repositories, requests, branch), kept: undefined }
      : await chooseMoving(sources, opened.repositories, requests, {
          before,
          branch,
          names: request.packages,
        });
  const databases = await securityDatabases(sources, {
    source: request.secdb,
    branch,
    repositories: opened.repositories.map(({ model }) => model.name),
  });
  const changes = changesOf(before, choice, databases);
  const about = { fixed: fixedInLock(before, databases), secdb: databases.size > 0, lockFile };
  if (request.dryRun) return { changes, ...about, written: false };
  const content = { opened, choice, before, ...(kept !== undefined && { kept }) };
  const { changed } = await lockChoice(sources, lockRequest, content);
  if (loaded.branchChanged) await writeFileAtomic(loaded.file, loaded.text);
  return { changes, ...about, written: changed };
}

interface Changed extends LoadedCluster {
  readonly branchChanged: boolean;
}

/** The cluster as it is, or as it is with the branch that is asked for. */
async function loadFor(host: Host, request: UpdateRequest): Promise<Changed> {
  const loaded = await loadCluster(host, request.clusterFile);
  const { branch } = request;
  if (branch === undefined || branch === loaded.cluster.alpine.branch) {
    return { ...loaded, branchChanged: false };
  }
  const text = setBranch(loaded.text, branch);
  if (text === undefined) {
    throw new VipisoError(
      'usage',
      `${loaded.name} is written in a way that its branch cannot be set`,
      {
        hint: `Write “branch: ${branch}” below “alpine” yourself, then run: vipiso update`,
      },
    );
  }
  const judged = judgeText(host, loaded, text);
  if (!judged.ok) throw clusterInvalid([judged], host);
  return { ...loaded, text, cluster: judged.cluster, branchChanged: true };
}

async function lockRequestFor(
  sources: PackageSources,
  { name, text, cluster, file, branchChanged }: Changed,
  before: Lockfile,
): Promise<LockRequest> {
  const engine = before.aports === undefined ? cluster.image.engine : 'mkimage';
  const { requests } = await requestsFor(sources.host, cluster, engine);
  const configured = cluster.alpine.aports;
  const lockFile = await lockFileOf(file);
  // Each branch has scripts of its own.
  const aports =
    before.aports !== undefined && branchChanged
      ? recordedAports(await loadAports(sources, { configured }), lockFile)
      : before.aports;
  return { source: { name, text }, lockFile, requests: { ...requests }, aports };
}
