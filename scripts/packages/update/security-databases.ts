import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseSecdb } from '../../apk/secdb.ts';
import type { SecurityDatabase } from '../../apk/secdb.ts';
import { digestOf } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { below, parseSource } from '../../host/download/source-address.ts';
import { isErrno } from '../../host/fs/errno.ts';
import type { Fetcher } from '../sources.ts';
import type { SecurityDatabases } from './changes.ts';

const ALPINES = 'https://secdb.alpinelinux.org';
/** Repositories that Alpine itself keeps databases of. */
const OFFICIAL = ['main', 'community'];
const MAX_BYTES = 64 * 1024 * 1024;

export interface SecdbRequest {
  /** Absolute path of a file or folder, or URL; absent = Alpine's. */
  readonly source: string | undefined;
  readonly branch: string;
  /** Names of repositories. */
  readonly repositories: readonly string[];
}

/**
 * Reads the security database of each repository: `<source>/<branch>/<repository>.json`, or one file for all. Alpine's
 * own are a courtesy: where they cannot be had, a warning says so. What the user names must be there.
 *
 * @throws VipisoError malformed-index, not-found
 */
export async function securityDatabases(
  fetcher: Fetcher,
  request: SecdbRequest,
): Promise<SecurityDatabases> {
  const { source, branch } = request;
  const databases = new Map<string, SecurityDatabase>();
  const names = request.repositories.filter(
    (name) => source !== undefined || OFFICIAL.includes(name),
  );
  const places = await placesOf(source);
  for (const name of names) {
    try {
      databases.set(name, await fetchDatabase(fetcher, name, places(branch, name)));
    } catch (error) {
      if (!isMissing(error)) throw error;
      const text = `No security database of ${name}: what an update of it closes is not known (${error.message})`;
      fetcher.host.report({ type: 'note', level: 'warning', text });
    }
  }
  if (source === undefined || databases.size > 0) return databases;
  throw new VipisoError('not-found', `no security database in ${source}`, {
    hint: `Name a file, or the folder or URL that holds ${branch}/${names[0] ?? 'main'}.json.`,
  });
}

type Places = (branch: string, repository: string) => readonly string[];

async function placesOf(source: string | undefined): Promise<Places> {
  const base = source ?? ALPINES;
  const address = parseSource(base);
  if (address.kind === 'http') {
    if (base.endsWith('.json')) return () => [base];
    return (branch, name) => [below(base, `${branch}/${name}.json`)];
  }
  const place = address.path;
  if (!(await isFolder(place))) return () => [place];
  return (branch, name) => [
    path.join(place, branch, `${name}.json`),
    path.join(place, `${name}.json`),
  ];
}

async function isFolder(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

async function fetchDatabase(
  { downloader }: Fetcher,
  name: string,
  sources: readonly string[],
): Promise<SecurityDatabase> {
  return await downloader.fetch({
    what: `the security database of ${name}`,
    sources,
    key: digestOf(['secdb', sources]),
    maxBytes: MAX_BYTES,
    accept: async (file) => parseSecdb(await readFile(file, 'utf8'), `${name}.json`),
  });
}

function isMissing(error: unknown): error is VipisoError {
  const missing = ['not-found', 'network', 'timeout', 'offline'];
  return error instanceof VipisoError && missing.includes(error.code);
}
