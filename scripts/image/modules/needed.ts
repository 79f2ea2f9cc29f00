import { digestOf } from '../../core/digest.ts';
import { readDerived, writeDerived } from '../../host/cache/derived-file.ts';
import type { Host } from '../../host/host.ts';
import type { FileTree } from '../../overlay/tree.ts';
import { openLocked } from '../../packages/package-files.ts';
import type { PackageFile } from '../../packages/package-files.ts';
import { canonical } from './tables.ts';

/** A module that something loads by its name when a machine starts. */
export interface NeededModule {
  /** A file, and the package that it is of. */
  readonly by: string;
  /** With underscores. */
  readonly module: string;
}

/** Where OpenRC's service `modules` reads names (modules-load.d(5)). */
const LISTS = /^(?:etc\/modules|(?:etc|lib|usr\/lib)\/modules-load\.d\/[^/]+\.conf)$/;
const SERVICES = /^etc\/init\.d\/([^/]+)$/;
const KIND = 'needed-modules';
/** Raised whenever the same packages give another list. */
const VERSION = 1;

interface Listed extends NeededModule {
  /** The OpenRC service that loads it; absent = every boot does. */
  readonly service?: string;
}

/**
 * What the packages of an image load: by their lists, and by the scripts of those services that are in a runlevel. The
 * packages are read once, the list is kept.
 *
 * @throws VipisoError digest-mismatch, malformed-package
 */
export async function neededByPackages(
  host: Host,
  packages: readonly PackageFile[],
  overlay: FileTree,
): Promise<readonly NeededModule[]> {
  const digests = packages.map(({ locked }) => locked.sha256);
  const key = digestOf({ version: VERSION, packages: digests });
  const known = await readDerived(host, KIND, key);
  const listed = (known && (JSON.parse(known.toString()) as Listed[])) ?? [];
  if (known === undefined) {
    for await (const opened of openLocked(host, packages)) {
      for (const { path, type, content } of opened.entries()) {
        if (type === 'file') listed.push(...modulesIn(path, content, opened.pkgInfo.name));
      }
    }
    await writeDerived(host, KIND, key, Buffer.from(JSON.stringify(listed)));
  }
  const started = startedServices(overlay);
  const own = new Set(overlay.map(({ path }) => path));
  return listed.filter(
    ({ service, by }) =>
      (service === undefined || started.has(service)) && !own.has(by.split(' of ')[0] ?? ''),
  );
}

/** What a node's own files load. */
export function neededByOverlay(overlay: FileTree): readonly NeededModule[] {
  const started = startedServices(overlay);
  return overlay.flatMap((entry) => {
    if (entry.type !== 'file') return [];
    const listed = modulesIn(entry.path, entry.content, 'the overlay');
    return listed.filter(({ service }) => service === undefined || started.has(service));
  });
}

function startedServices(overlay: FileTree): ReadonlySet<string> {
  const links = overlay.map(({ path }) => /^etc\/runlevels\/[^/]+\/([^/]+)$/.exec(path)?.[1]);
  return new Set(links.filter((name) => name !== undefined));
}

function modulesIn(path: string, content: Buffer, owner: string): readonly Listed[] {
  const by = `${path} of ${owner}`;
  if (LISTS.test(path)) {
    const names = linesOf(content).map((line) => line.split(/\s/, 1)[0] ?? '');
    return names.filter(isName).map((name) => ({ by, module: canonical(name) }));
  }
  const service = SERVICES.exec(path)?.[1];
  if (service === undefined) return [];
  const names = linesOf(content).flatMap(modprobed);
  return names.map((name) => ({ by, module: canonical(name), service }));
}

function linesOf(content: Buffer): readonly string[] {
  const lines = content.toString().split('\n');
  return lines
    .map((line) => line.replace(/(?:^|\s)[#;].*/, '').trim())
    .filter((line) => line !== '');
}

/** `modprobe -q ip_vs`, `modprobe -a nf_conntrack nf_nat`; names that a script works out are not known. */
function modprobed(line: string): readonly string[] {
  const call = /(?:^|[\s(&|])modprobe((?:\s+[\w-]+)+)/.exec(line)?.[1];
  if (call === undefined) return [];
  const words = call.trim().split(/\s+/);
  if (words.some((word) => /^(?:-[a-zA-Z]*r|--remove)/.test(word))) return [];
  const names = words.filter((word) => !word.startsWith('-'));
  const all = words.some((word) => /^(?:-[a-zA-Z]*a|--all)/.test(word));
  // What follows the name are the module's parameters.
  return (all ? names : names.slice(0, 1)).filter(isName);
}

function isName(word: string): boolean {
  return /^[A-Za-z0-9][\w-]*$/.test(word);
}
