/** What a kernel says of its modules: the files that its build and depmod leave in lib/modules/<release>. */
export interface ModuleTables {
  /** Every module with what it needs, as paths below the release's folder without a compression's suffix. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Names of modules, or aliases of them, that should be loaded with a module; by its name. */
  readonly softDependencies: ReadonlyMap<string, readonly string[]>;
  /** Names of the modules that an alias without a wildcard stands for. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** Names of what is no module, but part of the kernel. */
  readonly builtin: ReadonlySet<string>;
}

/** The files that `parseTables` reads; the first is in every kernel package. */
export const TABLE_FILES = [
  'modules.dep',
  'modules.softdep',
  'modules.weakdep',
  'modules.alias',
  'modules.builtin',
] as const;

/** `virtio_net`: what modprobe calls the module of a path. Dashes and underscores are one (modprobe(8)). */
export function moduleName(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return canonical(file.replace(/\.ko(?:\.[a-z0-9]+)?$/, ''));
}

export function canonical(name: string): string {
  return name.replaceAll('-', '_');
}

/** Without the suffix of a compression: modules may be unpacked on their way to an image. */
function plainPath(path: string): string {
  return path.replace(/\.ko\.[a-z0-9]+$/, '.ko');
}

/**
 * Reads the tables (modules.dep(5), depmod(8), modprobe.d(5) for softdep and weakdep).
 *
 * @param files texts by file name; a file that is not there says nothing
 */
export function parseTables(files: ReadonlyMap<string, string>): ModuleTables {
  const needs = new Map<string, readonly string[]>();
  for (const line of linesOf(files.get('modules.dep'))) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    needs.set(plainPath(line.slice(0, colon)), wordsOf(line.slice(colon + 1)).map(plainPath));
  }
  return {
    needs,
    softDependencies: softDependenciesIn([
      ...linesOf(files.get('modules.softdep')),
      ...linesOf(files.get('modules.weakdep')),
    ]),
    aliases: aliasesIn(linesOf(files.get('modules.alias'))),
    builtin: new Set(linesOf(files.get('modules.builtin')).map(moduleName)),
  };
}

/** `softdep ext4 pre: crc32c`, `weakdep mac80211 ccm`. */
function softDependenciesIn(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const softDependencies = new Map<string, readonly string[]>();
  for (const line of lines) {
    const [kind = '', of = '', ...words] = wordsOf(line);
    if (kind !== 'softdep' && kind !== 'weakdep') continue;
    const wanted = words.filter((word) => word !== 'pre:' && word !== 'post:');
    const name = canonical(of);
    softDependencies.set(name, [...(softDependencies.get(name) ?? []), ...wanted]);
  }
  return softDependencies;
}

/** `alias crypto-crc32c crc32c_generic`; those of devices have wildcards, and nobody asks for one by name. */
function aliasesIn(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, string[]>();
  for (const line of lines) {
    const [kind, alias = '', name = ''] = wordsOf(line);
    if (kind !== 'alias' || alias.includes('*')) continue;
    const key = canonical(alias);
    const names = aliases.get(key);
    if (names === undefined) aliases.set(key, [canonical(name)]);
    else names.push(canonical(name));
  }
  return aliases;
}

function linesOf(text = ''): readonly string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
