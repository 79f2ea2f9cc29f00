import { lstat, readFile, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { ioError, isErrno } from '../host/fs/errno.ts';
import type { Host } from '../host/host.ts';
import type { KitSource } from './archive/write.ts';
import { productionModules } from './production-modules.ts';

/** Where the tool lies in a kit; its entry and its parts are as in the package. */
const TOOL_FOLDER = 'kit/tool';
const COMPILED = 'out/tool';
const PARTS = [COMPILED, 'overlays', 'profiles'];
const SINGLE_FILES = ['package.json', 'LICENSE'];

/**
 * The tool itself: compiled, with its templates, profiles and production dependencies, so that Node and the host
 * tools are all that it needs.
 *
 * @throws VipisoError usage: it is not compiled, or its sources are newer; not-found: it is not wholly installed
 */
export async function toolFiles(host: Pick<Host, 'packageRoot'>): Promise<readonly KitSource[]> {
  const { packageRoot } = host;
  await requireCompiled(packageRoot);
  const files = [
    ...SINGLE_FILES.map((name) => ({ from: path.join(packageRoot, name), to: name })),
    ...(
      await Promise.all(PARTS.map((part) => filesBelow(path.join(packageRoot, part), part)))
    ).flat(),
    ...(
      await Promise.all(
        (await productionModules(packageRoot)).map(({ folder, place }) =>
          filesBelow(folder, place, ['node_modules']),
        ),
      )
    ).flat(),
  ];
  return await Promise.all(
    files.map(async ({ from, to }) => ({
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

/** Regular files below a folder; links (npm makes some of programs that nobody starts here) are left out. */
async function filesBelow(
  folder: string,
  place: string,
  without: readonly string[] = [],
): Promise<Found[]> {
  const found: Found[] = [];
  try {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const from = path.join(folder, entry.name);
      const to = `${place}/${entry.name}`;
      if (without.includes(entry.name)) continue;
      if (entry.isDirectory()) found.push(...(await filesBelow(from, to)));
      else if (entry.isFile()) found.push({ from, to });
    }
  } catch (error) {
    throw ioError(error, 'pack', folder);
  }
  return found;
}

/** Sources are there in a checkout only; compiled files older than they are would be another tool than this one. */
async function requireCompiled(packageRoot: string): Promise<void> {
  const compiled = path.join(packageRoot, COMPILED);
  const hint = 'Compile it with: npm run build';
  const sources = await sourcesIn(path.join(packageRoot, 'scripts'));
  const entry = await modifiedAt(path.join(compiled, 'vipiso.js'));
  if (entry === undefined) {
    throw new VipisoError('usage', 'a kit holds the compiled tool, and this one is not compiled', {
      hint,
    });
  }
  for (const { from, to } of sources) {
    const written = await modifiedAt(path.join(compiled, to.replace(/\.ts$/, '.js')));
    if (written !== undefined && written >= ((await modifiedAt(from)) ?? 0)) continue;
    throw new VipisoError('usage', `the compiled tool is older than its sources: ${to}`, { hint });
  }
}

/** Maintenance tasks are not compiled. */
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
    return (await lstat(await realpath(file))).mtimeMs;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw ioError(error, 'read', file);
  }
}

/** @throws VipisoError io */
export async function toolRelease({ packageRoot }: Pick<Host, 'packageRoot'>): Promise<string> {
  const file = path.join(packageRoot, 'package.json');
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  return version;
}
