import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { compareStrings } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { ioError, isErrno } from '../host/fs/errno.ts';

const Manifest = z.object({
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});

/** An installed package. */
interface InstalledModule {
  /** Absolute path. */
  readonly folder: string;
  /** Where Node will look for it below the tool's folder: `node_modules/yaml`. */
  readonly place: string;
}

const MODULES = 'node_modules';

/**
 * The packages that the tool needs when it runs, found as Node finds them
 * (https://nodejs.org/api/modules.html#loading-from-node_modules-folders): those of development stay behind. npm puts
 * them below the tool or, where it is a dependency itself, beside it.
 *
 * @throws VipisoError not-found: one is not installed
 */
export async function productionModules(packageRoot: string): Promise<readonly InstalledModule[]> {
  const found = new Map<string, InstalledModule>();
  const visit = async (folder: string): Promise<void> => {
    const { dependencies = {}, optionalDependencies = {} } = await manifestOf(folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const module = await resolve(folder, name);
      if (module === undefined && name in optionalDependencies) continue;
      if (module === undefined) throw notInstalled(name, folder);
      if (found.has(module)) continue;
      found.set(module, { folder: module, place: placeOf(module, packageRoot) });
      await visit(module);
    }
  };
  await visit(packageRoot);
  const modules = [...found.values()].sort((a, b) => compareStrings(a.place, b.place));
  const twice = modules.find(({ place }, index) => modules[index + 1]?.place === place);
  if (twice === undefined) return modules;
  throw new VipisoError('io', `${twice.place} is installed in two places that a kit cannot keep`, {
    hint: 'Install vipiso in a folder of its own: npm install vipiso',
  });
}

async function manifestOf(folder: string): Promise<z.infer<typeof Manifest>> {
  const file = path.join(folder, 'package.json');
  try {
    return Manifest.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw ioError(error, 'read', file);
  }
}

/** Folders outward from the one that asks. */
async function resolve(from: string, name: string): Promise<string | undefined> {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, MODULES, name);
    if (path.basename(folder) !== MODULES && (await holdsPackage(candidate))) return candidate;
    if (folder === path.dirname(folder)) return undefined;
  }
}

async function holdsPackage(folder: string): Promise<boolean> {
  try {
    await readFile(path.join(folder, 'package.json'));
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false;
    throw ioError(error, 'read', folder);
  }
}

/** Relative to the innermost folder around the tool that the package is installed for. */
function placeOf(module: string, packageRoot: string): string {
  let folder = packageRoot;
  while (!module.startsWith(path.join(folder, MODULES) + path.sep)) folder = path.dirname(folder);
  return path.relative(folder, module);
}

function notInstalled(name: string, folder: string): VipisoError {
  return new VipisoError('not-found', `${name}, which ${folder} needs, is not installed`, {
    hint: 'Install the tool again: npm ci',
  });
}
