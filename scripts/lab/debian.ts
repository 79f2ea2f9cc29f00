import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import { compareStrings } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { findTool } from '../host/find-tool.ts';
import type { Host } from '../host/host.ts';
import { runTool } from '../host/run.ts';
import { withTempFolder } from '../host/temp-folder.ts';

/** A downloaded Debian package. */
export interface Deb {
  readonly name: string;
  /** In Debian's own notation, with epoch and revision. */
  readonly version: string;
  /** Absolute path of the .deb. */
  readonly file: string;
}

/** Folders that apt works in; both may be kept to make the next run faster. */
export interface AptFolders {
  /** Lists and apt's own caches. */
  readonly state: string;
  /** Downloaded .deb files. */
  readonly debs: string;
}

const URI_LINE = /^'[^']+' (\S+) \d+ SHA256:([0-9a-f]{64})$/;
const DEB_NAME = /^([^_]+)_([^_]+)_[^_]+\.deb$/;

/**
 * Downloads Debian packages, and those that metapackages stand for, with the host's apt, its sources and keys, but with lists of our own: neither root
 * nor a change to the system is needed. What lies in the folder already with the right digest stays.
 *
 * @throws VipisoError `tool-missing` where there is no apt, `not-found` where apt's sources lack a package
 */
export async function fetchDebs(
  host: Host,
  wanted: { readonly names: readonly string[]; readonly metapackages: readonly string[] },
  folders: AptFolders,
): Promise<readonly Deb[]> {
  requireApt(host);
  for (const folder of ['lists/partial', 'cache/archives/partial']) {
    await mkdir(path.join(folders.state, folder), { recursive: true });
  }
  await mkdir(folders.debs, { recursive: true });
  await updateLists(host, folders);
  const real = await Promise.all(
    wanted.metapackages.map((name) => resolveMetapackage(host, folders, name)),
  );
  const debs = await locate(host, folders, [...wanted.names, ...real]);
  const missing = [];
  for (const deb of debs) if (!(await isSound(deb))) missing.push(deb);
  if (missing.length > 0) await download(host, folders, missing);
  return debs;
}

/** Without a network the lists of the last run still do, as long as the packages they name are here. */
async function updateLists(host: Host, folders: AptFolders): Promise<void> {
  try {
    await apt(host, folders, 'apt-get', ['-qq', 'update']);
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code !== 'tool-failed') throw error;
    host.report({
      type: 'note',
      level: 'warning',
      text: `apt could not renew its lists: ${error.message}`,
    });
  }
}

function requireApt(host: Host): void {
  const missing = ['apt-get', 'apt-cache', 'dpkg-deb'].filter(
    (tool) => findTool(host, tool) === undefined,
  );
  if (missing.length === 0) return;
  throw new VipisoError(
    'tool-missing',
    `The lab is made from Debian 12's packages and needs its apt: ${missing.join(', ')} not found.`,
    { hint: 'Run it on Debian 12, or name a repository of Alpine packages instead of the lab.' },
  );
}

/** Runs one of apt's programs on lists and caches of our own; only proxies are taken from the environment. */
async function apt(
  host: Host,
  { state }: AptFolders,
  tool: 'apt-get' | 'apt-cache',
  args: readonly string[],
  cwd?: string,
): Promise<string> {
  const options = {
    'Dir::State::lists': path.join(state, 'lists'),
    'Dir::Cache': path.join(state, 'cache'),
    'Acquire::IndexTargets::deb-src::Sources::DefaultEnabled': 'false',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'APT::Sandbox::User': '',
  };
  const flags = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const proxies = Object.entries(host.env).filter(
    (it): it is [string, string] => /^(https?|no)_proxy$/i.test(it[0]) && it[1] !== undefined,
  );
  const env = Object.fromEntries(proxies);
  const call = { tool, args: [...flags, ...args], cwd, env, timeoutMs: 600_000 };
  return (await runTool(host, call)).stdout;
}

interface Located extends Deb {
  readonly digest: string;
}

/** Which file apt would download for each package, and its digest. */
async function locate(
  host: Host,
  folders: AptFolders,
  names: readonly string[],
): Promise<readonly Located[]> {
  const output = await apt(host, folders, 'apt-get', ['download', '--print-uris', ...names]).catch(
    (cause: unknown) => {
      throw new VipisoError('not-found', 'apt knows no such packages: the lab needs Debian 12.', {
        hint: 'Check that apt’s sources name bookworm and can be reached.',
        cause,
      });
    },
  );
  const located = output.split('\n').flatMap((line) => {
    const [, fileName, digest] = URI_LINE.exec(line) ?? [];
    return fileName === undefined || digest === undefined
      ? []
      : [{ ...parseName(fileName), digest, file: path.join(folders.debs, fileName) }];
  });
  return located.sort((a, b) => compareStrings(a.name, b.name));
}

function parseName(fileName: string): { name: string; version: string } {
  const [, name = fileName, version = ''] = DEB_NAME.exec(fileName) ?? [];
  return { name, version: decodeURIComponent(version) };
}

/** The package that a Debian metapackage such as `linux-image-cloud-amd64` stands for at present. */
async function resolveMetapackage(
  host: Host,
  folders: AptFolders,
  metapackage: string,
): Promise<string> {
  const output = await apt(host, folders, 'apt-cache', ['depends', metapackage]);
  const [, name] = /Depends: (\S+)/.exec(output) ?? [];
  if (name === undefined) {
    throw new VipisoError('not-found', `apt does not say which package ${metapackage} stands for.`);
  }
  return name;
}

async function isSound({ file, digest }: Located): Promise<boolean> {
  try {
    await access(file);
  } catch {
    // Not downloaded yet.
    return false;
  }
  return (
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex') === digest
  );
}

async function download(
  host: Host,
  folders: AptFolders,
  missing: readonly Located[],
): Promise<void> {
  await withTempFolder(host, folders.debs, async (folder) => {
    const names = missing.map(({ name }) => name);
    await apt(host, folders, 'apt-get', ['-qq', 'download', ...names], folder);
    for (const { file } of missing) await rename(path.join(folder, path.basename(file)), file);
  });
}

/** Unpacks packages, each into its own folder below `into`. */
export async function unpackDebs(host: Host, debs: readonly Deb[], into: string): Promise<void> {
  const unpack = async ({ name, file }: Deb): Promise<void> => {
    const target = path.join(into, name);
    await mkdir(target, { recursive: true });
    await runTool(host, { tool: 'dpkg-deb', args: ['-x', file, target], timeoutMs: 300_000 });
  };
  await pMap(debs, unpack, { concurrency: 2 });
}
