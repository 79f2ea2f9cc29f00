import { compareStrings } from '../../core/digest.ts';
import { canonical, moduleName } from './tables.ts';
import type { ModuleTables } from './tables.ts';

/** What of a kernel's modules an image carries. */
interface ChosenModules {
  /** Paths below lib/modules/<release>, without a compression's suffix, sorted. */
  readonly kept: readonly string[];
  /** Names of the modules that stay away, sorted. */
  readonly leftOut: readonly string[];
  /** Wanted names that this kernel has neither as a module nor built in. */
  readonly unknown: readonly string[];
}

/**
 * Chooses modules, and all that they need by the kernel's own tables.
 *
 * @param wanted.places below `kernel/`: a folder (`net/8021q/`), or one module (`drivers/net/dummy`), in which `*` stands
 *   for any letters of one name. A kernel need not have them
 * @param wanted.names of modules, or aliases, that the kernel must have
 */
export function chooseModules(
  tables: ModuleTables,
  wanted: { readonly places: readonly string[]; readonly names: readonly string[] },
): ChosenModules {
  const byName = new Map<string, string[]>();
  for (const path of tables.needs.keys()) {
    const name = moduleName(path);
    byName.set(name, [...(byName.get(name) ?? []), path]);
  }
  const named = (name: string): readonly string[] => {
    const key = canonical(name);
    const names = byName.has(key) ? [key] : (tables.aliases.get(key) ?? []);
    return names.flatMap((it) => byName.get(it) ?? []);
  };
  const place = placePattern(wanted.places);
  const kept = new Set<string>();
  const pending = [...tables.needs.keys()].filter((path) => place.test(path));
  pending.push(...wanted.names.flatMap(named));
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (kept.has(path) || !tables.needs.has(path)) continue;
    kept.add(path);
    pending.push(...(tables.needs.get(path) ?? []));
    pending.push(...(tables.softDependencies.get(moduleName(path)) ?? []).flatMap(named));
  }
  const keptNames = new Set([...kept].map(moduleName));
  return {
    kept: [...kept].sort(compareStrings),
    leftOut: [...byName.keys()].filter((name) => !keptNames.has(name)).sort(compareStrings),
    unknown: wanted.names.filter(
      (name) => named(name).length === 0 && !tables.builtin.has(canonical(name)),
    ),
  };
}

function placePattern(places: readonly string[]): RegExp {
  const patterns = places.map((place) => {
    const text = place.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '[^/]*');
    // A file may have either of - and _, as its makers liked.
    return place.endsWith('/') ? text : `${text.replace(/[-_]/g, '[-_]')}\\.ko$`;
  });
  // Of no place, none is in it.
  return new RegExp(`^kernel/(?:${['(?!)', ...patterns].join('|')})`);
}
