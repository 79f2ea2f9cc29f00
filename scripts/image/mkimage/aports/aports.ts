import { stat } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../../core/errors.ts';
import { parseSource, withoutCredentials } from '../../../host/download/source-address.ts';
import type { Host } from '../../../host/host.ts';
import { runTool } from '../../../host/process/run.ts';
import { findTool } from '../../../host/tools/find-tool.ts';
import type { Lockfile } from '../../../packages/lock/format/schema.ts';
import { findLock } from '../../../packages/lock/lock-file.ts';
import type { PackageSources } from '../../../packages/sources.ts';
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
  /** `alpine.aports` of the cluster file: an absolute path or a URL. */
  readonly configured: string | undefined;
  /** Value of `--aports`, instead of that: an absolute path or a URL. */
  readonly flag?: string | undefined;
  /** Absolute path of a lock file, whose scripts are taken where neither names any. */
  readonly lockFile?: string | undefined;
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
export async function loadAports(sources: PackageSources, request: AportsRequest): Promise<Aports> {
  const { host } = sources;
  const locked = request.flag === undefined ? await lockedAports(request.lockFile) : undefined;
  const scripts = locked && (await cachedAports(host, locked.sha256));
  const kept = locked && scripts && { scripts, source: locked.source, commit: locked.commit };
  if (kept !== undefined && isLockedUrl(kept.source, request.configured)) return kept;
  try {
    const aports = await readAports(sources, request, locked);
    await cacheAports(host, aports.scripts);
    return aports;
  } catch (error) {
    if (kept === undefined || !isOutOfReach(error)) throw error;
    return kept;
  }
}

async function readAports(
  sources: PackageSources,
  { configured, flag, places = APORTS_PLACES }: AportsRequest,
  locked: Lockfile['aports'],
): Promise<Aports> {
  const named = flag ?? configured ?? locked?.source;
  const source = named ?? branchArchive(places, sources.branch);
  const address = parseSource(source);
  if (address.kind === 'http') {
    const archives = equivalentArchives(places, source);
    const file = await downloadAports(sources, { url: source, sources: archives, locked });
    const commit = await commitOfArchive(file);
    const lasting =
      named === undefined && commit !== undefined ? archiveOf(places, commit) : source;
    return { scripts: await readAportsScripts(file), source: lasting, commit };
  }
  const place = address.path;
  const scripts = await readAportsScripts(place);
  return { scripts, source: place, commit: await commitOf(sources.host, place) };
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
