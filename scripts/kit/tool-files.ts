import { lstat, readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { compareStrings } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { ioError, isErrno } from '../host/fs/errno.ts';
import { entriesBelow } from '../host/fs/list-folder.ts';
import type { Host } from '../host/host.ts';
import type { KitSource } from './archive/write.ts';

/** Where the tool lies in a kit; its entry and its parts are as in the package. */
const TOOL_FOLDER = 'kit/tool';
const ENTRY = 'out/tool/vipiso.js';
const MANIFEST = 'package.json';

/** What of `package.json` says what ships: the npm package, the kit and the OCI image hold the same files. */
const ToolManifest = z.object({ version: z.string(), files: z.array(z.string()) });

/**
 * The tool itself, bundled with its dependencies, and its templates and profiles: Node and the host tools are all that
 * it needs.
 *
 * @throws VipisoError usage: it is not built, or its sources are newer; io: it is not wholly installed
 */
export async function toolFiles(host: Pick<Host, 'packageRoot'>): Promise<readonly KitSource[]> {
  const { packageRoot } = host;
  await requireBuilt(packageRoot);
  const { files } = await toolManifest(host);
  const parts = [MANIFEST, ...files].sort(compareStrings);
  const found = await Promise.all(parts.map((part) => filesAt(path.join(packageRoot, part), part)));
  return await Promise.all(
    found.flat().map(async ({ from, to }) => ({
      type: 'file' as const,
      path: `${TOOL_FOLDER}/${to}`,
      mode: await modeOf(from),
      from,
    })),
  );
}

/**
 * Permission bits that matter: whether it can be started, and whether it is its owner's alone.
 *
 * @throws VipisoError not-found, permission, io
 */
export async function modeOf(file: string): Promise<0o644 | 0o755 | 0o600> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o100) !== 0) return 0o755;
    return (mode & 0o077) === 0 ? 0o600 : 0o644;
  } catch (error) {
    throw ioError(error, 'pack', file);
  }
}

interface Found {
  readonly from: string;
  /** Path in the tool's folder. */
  readonly to: string;
}

/** A file, or the regular files below a folder. */
async function filesAt(from: string, to: string): Promise<Found[]> {
  try {
    if (!(await lstat(from)).isDirectory()) return [{ from, to }];
  } catch (error) {
    throw ioError(error, 'pack', from);
  }
  const entries = await entriesBelow(from, 'pack');
  return entries
    .filter(({ type }) => type === 'file')
    .map(({ file }) => ({ from: path.join(from, file), to: `${to}/${file}` }));
}

/** Sources are there in a checkout only; a bundle older than they are would be another tool than this one. */
async function requireBuilt(packageRoot: string): Promise<void> {
  const hint = 'Build it with: npm run build';
  const built = await modifiedAt(path.join(packageRoot, ENTRY));
  if (built === undefined) {
    throw new VipisoError('usage', 'a kit holds the built tool, and this one is not built', {
      hint,
    });
  }
  for (const { from, to } of await sourcesIn(path.join(packageRoot, 'scripts'))) {
    if (((await modifiedAt(from)) ?? 0) <= built) continue;
    throw new VipisoError('usage', `the built tool is older than its sources: ${to}`, { hint });
  }
}

/** Maintenance tasks are no part of the tool. */
async function sourcesIn(folder: string): Promise<Found[]> {
  const names = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return [];
    throw ioError(error, 'read', folder);
  });
  return names
    .filter((name) => name.endsWith('.ts') && !name.startsWith(`tasks${path.sep}`))
    .sort(compareStrings)
    .map((to) => ({ from: path.join(folder, to), to }));
}

async function modifiedAt(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw ioError(error, 'read', file);
  }
}

/** @throws VipisoError io */
export async function toolRelease(host: Pick<Host, 'packageRoot'>): Promise<string> {
  return (await toolManifest(host)).version;
}

async function toolManifest({ packageRoot }: Pick<Host, 'packageRoot'>) {
  const file = path.join(packageRoot, MANIFEST);
  try {
    return ToolManifest.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw ioError(error, 'read', file);
  }
}
