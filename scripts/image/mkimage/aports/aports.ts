import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { AlpineModel } from '../../../cluster/model.ts';
import { VipisoError } from '../../../core/errors.ts';
import { parseSource, withoutCredentials } from '../../../host/download/source-address.ts';
import type { Host } from '../../../host/host.ts';
import { runTool } from '../../../host/process/run.ts';
import { findTool } from '../../../host/tools/find-tool.ts';
import type { Lockfile } from '../../../packages/lock/format/schema.ts';
import { findLock } from '../../../packages/lock/lock-file.ts';
import { cacheAports, cachedAports } from './aports-cache.ts';
import { downloadAports, notLocked } from './aports-download.ts';
import { APORTS_PLACES, archiveOf, branchArchive, equivalentArchives } from './aports-places.ts';
import type { AportsPlaces } from './aports-places.ts';
import { readAportsScripts } from './aports-scripts.ts';
import type { AportsScripts } from './aports-scripts.ts';
import { commitOfArchive } from './archive-commit.ts';

/** aports' scripts, and where they came from. */
export interface Aports {
  readonly scripts: AportsScripts;
  /** Absolute path or URL. */
  readonly source: string;
  /** Of a git checkout whose scripts are as committed, or of an archive that tells. */
  readonly commit: string | undefined;
}

export interface AportsRequest {
  readonly alpine: Pick<AlpineModel, 'aports' | 'branch'>;
  /** Value of `--aports`, instead of the cluster file's. */
  readonly flag: string | undefined;
  /** Absolute path of a lock file, whose scripts are taken where neither names any. */
  readonly lockFile?: string | undefined;
  readonly offline: boolean;
  /** Absent = `APORTS_PLACES`. */
  readonly places?: AportsPlaces | undefined;
}

/**
 * Reads the scripts that mkimage consists of: from `--aports`, from `alpine.aports`, from where the lock says, or from
 * the branch's archive at Alpine or its mirror. Where their place is out of reach, the locked ones that an
 * earlier run or a kit left in the cache serve as well.
 *
 * @throws VipisoError not-found, malformed-archive; digest-mismatch: a URL of the lock gives other scripts; and what a
 *   download throws
 */
export async function loadAports(host: Host, request: AportsRequest): Promise<Aports> {
  const locked = request.flag === undefined ? await lockedAports(request.lockFile) : undefined;
  const scripts = locked && (await cachedAports(host, locked.sha256));
  const kept = locked && scripts && { scripts, source: locked.source, commit: locked.commit };
  if (kept !== undefined && isLockedUrl(kept.source, request.alpine.aports)) return kept;
  try {
    const aports = await readAports(host, request);
    await cacheAports(host, aports.scripts);
    return aports;
  } catch (error) {
    if (kept === undefined || !isOutOfReach(error)) throw error;
    return kept;
  }
}

async function readAports(
  host: Host,
  { alpine, flag, lockFile, offline, places = APORTS_PLACES }: AportsRequest,
): Promise<Aports> {
  const locked = flag === undefined ? await lockedAports(lockFile) : undefined;
  const named = flag ?? alpine.aports ?? locked?.source;
  const source = named ?? branchArchive(places, alpine.branch);
  const address = parseSource(source);
  if (address.kind === 'http') {
    const sources = equivalentArchives(places, source);
    const file = await downloadAports(host, { url: source, sources, locked }, offline);
    const commit = await commitOfArchive(file);
    const lasting =
      named === undefined && commit !== undefined ? archiveOf(places, commit) : source;
    return { scripts: await readAportsScripts(file), source: lasting, commit };
  }
  const place = path.resolve(host.cwd, address.path);
  const scripts = await readAportsScripts(place);
  return { scripts, source: place, commit: await commitOf(host, place) };
}

/** What a URL gives changes with the branch, so the locked scripts come first; a folder is the user's to change. */
function isLockedUrl(locked: string, configured: string | undefined): boolean {
  if (parseSource(locked).kind !== 'http') return false;
  return configured === undefined || withoutCredentials(configured) === locked;
}

/** What the lock names, with an absolute source. */
async function lockedAports(lockFile: string | undefined): Promise<Lockfile['aports']> {
  const aports = lockFile === undefined ? undefined : (await findLock(lockFile))?.aports;
  if (lockFile === undefined || aports === undefined) return undefined;
  const address = parseSource(aports.source);
  if (address.kind === 'http') return aports;
  return { ...aports, source: path.resolve(path.dirname(lockFile), address.path) };
}

function isOutOfReach(error: unknown): boolean {
  const codes = ['not-found', 'offline', 'network', 'timeout'];
  return error instanceof VipisoError && codes.includes(error.code);
}

/** What the lock says of the scripts; a folder is named relative to the lock file. */
export function recordedAports(
  { scripts, source, commit }: Aports,
  lockFile: string,
): NonNullable<Lockfile['aports']> {
  const address = parseSource(source);
  return {
    source:
      address.kind === 'http'
        ? withoutCredentials(source)
        : path.relative(path.dirname(lockFile), address.path) || '.',
    ...(commit !== undefined && { commit }),
    sha256: scripts.sha256,
  };
}

/** @throws VipisoError lock-stale: the lock pins no scripts; digest-mismatch: it pins others */
export function requireLockedAports({ scripts, source }: Aports, { aports }: Lockfile): void {
  if (aports?.sha256 === scripts.sha256) return;
  if (aports === undefined) {
    throw new VipisoError('lock-stale', "the lock pins no aports' scripts, which mkimage needs", {
      hint: 'Lock again: vipiso lock --engine mkimage',
    });
  }
  throw notLocked(source, scripts, aports);
}

/** The commit of a checkout or an archive; undefined where there is none or the scripts were changed since. */
async function commitOf(host: Host, folder: string): Promise<string | undefined> {
  if ((await stat(folder)).isFile()) return await commitOfArchive(folder);
  if (findTool(host, 'git') === undefined) return undefined;
  const git = async (...args: string[]): Promise<string | undefined> => {
    const { exitCode, stdout } = await runTool(host, {
      tool: 'git',
      args: ['-C', folder, ...args],
      okExitCodes: [0, 1, 128],
      cwd: '/',
    });
    return exitCode === 0 ? stdout.trim() : undefined;
  };
  const prefix = await git('rev-parse', '--show-prefix');
  // A checkout of something else may lie around the scripts.
  if (prefix !== '' && prefix !== 'scripts/') return undefined;
  if ((await git('status', '--porcelain', '--', '.')) !== '') return undefined;
  return await git('rev-parse', '--verify', 'HEAD');
}
