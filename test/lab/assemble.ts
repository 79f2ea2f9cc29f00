import { stat } from 'node:fs/promises';
import type { ScriptName } from '../../scripts/apk/package/package-file.ts';
import { compareStrings } from '../../scripts/core/digest.ts';
import { VipisoError } from '../../scripts/core/errors.ts';
import { alpineVersion } from './alpine-version.ts';
import type { ApkFile, ApkInput } from './apk-writer.ts';
import { readInto } from './contents.ts';
import { readElf } from './elf.ts';
import type { Recipe, Sources } from './recipe.ts';

/** Time of every file and package: the lab's contents have none of their own. 2026-01-01. */
export const LAB_EPOCH = 1_767_225_600;

const SCRIPT_NAMES: readonly ScriptName[] = ['pre-install', 'post-install', 'trigger'];
const LIBRARY = /^lib\/x86_64-linux-gnu\/[^/]+$/;
const COMMAND = /^(?:usr\/)?s?bin\/([^/]+)$/;

/** Turns recipes into packages to be written; `versions` are Debian's, by package. */
export async function assemble(
  recipes: readonly Recipe[],
  sources: Sources,
  versions: ReadonlyMap<string, string>,
): Promise<readonly ApkInput[]> {
  const packages = await Promise.all(
    recipes.map(async (recipe) => ({ recipe, files: await filesOf(recipe, sources) })),
  );
  const needed = neededLibraries(packages.flatMap(({ files }) => files));
  return packages
    .filter(
      ({ recipe, files }) => recipe.ifAny !== true || files.some((it) => isWanted(it, needed)),
    )
    .map(({ recipe, files }) => packageOf(recipe, files, versions, needed));
}

async function filesOf(recipe: Recipe, sources: Sources): Promise<readonly ApkFile[]> {
  const tree = sources.tree(recipe.name);
  const own = (await isFolder(tree)) ? await readInto(tree, '') : [];
  const parts = await Promise.all((recipe.contents ?? []).map((content) => content(sources)));
  const files = new Map([...parts.flat(), ...own].map((file) => [file.path, file]));
  const modes = recipe.modes ?? {};
  return [...files.values()]
    .map((file) => ({ ...file, mode: modes[file.path] ?? file.mode }))
    .sort((a, b) => compareStrings(a.path, b.path));
}

async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch {
    // Most packages have no files of the lab's own.
    return false;
  }
}

/** Names of the libraries that some program needs, directly or through others: the rest is left out. */
function neededLibraries(files: readonly ApkFile[]): ReadonlySet<string> {
  const needs = new Map<string, readonly string[]>();
  const needed = new Set<string>();
  const queue: string[] = [];
  for (const file of files) {
    const elf = elfOf(file);
    if (elf === undefined) continue;
    if (elf.soname === undefined || !LIBRARY.test(file.path)) queue.push(...elf.needed);
    else needs.set(elf.soname, elf.needed);
  }
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    const further = needs.get(name);
    if (further === undefined) {
      throw new VipisoError('bug', `The library ${name} is needed and in no package of the lab.`);
    }
    queue.push(...further);
  }
  return needed;
}

function elfOf({ content }: ApkFile): ReturnType<typeof readElf> {
  return content === undefined ? undefined : readElf(content);
}

function packageOf(
  recipe: Recipe,
  all: readonly ApkFile[],
  versions: ReadonlyMap<string, string>,
  needed: ReadonlySet<string>,
): ApkInput {
  const version = versionOf(recipe, versions);
  const files = all.filter((file) => !isScript(file) && isWanted(file, needed));
  const names = namesOf(files, version);
  const filled = (atoms: readonly string[] = []): string[] =>
    atoms.map((atom) => atom.replace('@', version));
  return {
    name: recipe.name,
    version,
    description: recipe.description,
    url: 'https://packages.debian.org/',
    license: 'see Debian',
    arch: recipe.noarch === true ? 'noarch' : 'x86_64',
    origin: recipe.origin ?? recipe.name,
    buildTime: LAB_EPOCH,
    files,
    scripts: scriptsOf(all),
    depends: [...filled(recipe.depends), ...names.depends],
    provides: [...filled(recipe.provides), ...names.provides],
    installIf: filled(recipe.installIf),
    providerPriority: recipe.providerPriority ?? 0,
    triggers: recipe.triggers ?? [],
  };
}

function versionOf({ name, version }: Recipe, versions: ReadonlyMap<string, string>): string {
  if (typeof version === 'string') return version;
  const debian = versions.get(version.deb);
  if (debian === undefined) {
    throw new VipisoError('bug', `${name} takes its version from ${version.deb}: not downloaded.`);
  }
  return alpineVersion(debian);
}

function isScript({ path }: ApkFile): boolean {
  return SCRIPT_NAMES.some((name) => path === `.${name}`);
}

function scriptsOf(files: readonly ApkFile[]): Partial<Record<ScriptName, string>> {
  return Object.fromEntries(
    SCRIPT_NAMES.flatMap((name) => {
      const file = files.find(({ path }) => path === `.${name}`);
      return file?.content === undefined ? [] : [[name, file.content.toString('utf8')]];
    }),
  );
}

function isWanted(file: ApkFile, needed: ReadonlySet<string>): boolean {
  if (!LIBRARY.test(file.path)) return true;
  const soname = elfOf(file)?.soname;
  return soname === undefined || needed.has(soname);
}

/** The `so:` and `cmd:` names of a package, as abuild finds them. */
function namesOf(
  files: readonly ApkFile[],
  version: string,
): { readonly depends: readonly string[]; readonly provides: readonly string[] } {
  const needed = new Set<string>();
  const offered = new Set<string>();
  const commands = new Set<string>();
  for (const file of files) {
    const elf = elfOf(file);
    for (const name of elf?.needed ?? []) needed.add(name);
    if (elf?.soname !== undefined && LIBRARY.test(file.path)) offered.add(elf.soname);
    const command = COMMAND.exec(file.path)?.[1];
    if (command !== undefined) commands.add(command);
  }
  const sorted = (names: Iterable<string>): string[] => [...names].sort(compareStrings);
  return {
    depends: sorted(needed)
      .filter((name) => !offered.has(name))
      .map((name) => `so:${name}`),
    provides: [
      ...sorted(offered).map((name) => `so:${name}=${sonameVersion(name)}`),
      ...sorted(commands).map((name) => `cmd:${name}=${version}`),
    ],
  };
}

/** `libssl.so.3` is version 3 of its interface; a name without a number is version 0, as abuild has it. */
function sonameVersion(soname: string): string {
  return /\.so\.(\d+(?:\.\d+)*)$/.exec(soname)?.[1] ?? '0';
}
