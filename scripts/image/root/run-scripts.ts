import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ScriptName } from '../../apk/package-file.ts';
import { compareStrings } from '../../core/digest.ts';
import type { Host } from '../../host/host.ts';
import { removeTree } from '../../host/remove-tree.ts';
import { runSandboxed } from '../../host/sandbox.ts';
import type { InstalledPackage } from './install-packages.ts';

/** Where apk runs scripts from. */
const FOLDER = 'lib/apk/exec';

/**
 * Runs install scripts and then triggers of the packages that `select` names, in install order, with the root as their
 * whole world: no network, no file of the host, writable root. As with apk, a failing script is no failure of the
 * installation: it is written to the log.
 */
export async function runPackageScripts(
  host: Host,
  root: string,
  installed: readonly InstalledPackage[],
  options: { readonly select: (packageName: string) => boolean; readonly log: string },
): Promise<void> {
  const selected = installed.filter(({ opened }) => options.select(opened.pkgInfo.name));
  await mkdir(path.join(root, FOLDER), { recursive: true });
  for (const script of ['pre-install', 'post-install'] as const) {
    for (const each of selected) {
      await runScript(host, root, each, script, [each.opened.pkgInfo.version], options.log);
    }
  }
  const folders = foldersOf(installed);
  for (const each of selected) {
    const fired = folders.filter((folder) =>
      each.opened.pkgInfo.triggers.some((pattern) => matchesTrigger(pattern, folder)),
    );
    if (fired.length > 0) await runScript(host, root, each, 'trigger', fired, options.log);
  }
  await removeTree(path.join(root, FOLDER));
}

async function runScript(
  host: Host,
  root: string,
  { opened: { pkgInfo, scripts } }: InstalledPackage,
  script: ScriptName,
  args: readonly string[],
  log: string,
): Promise<void> {
  const content = scripts.get(script);
  if (content === undefined) return;
  const file = path.join(FOLDER, `${pkgInfo.name}-${pkgInfo.version}.${script}`);
  await writeFile(path.join(root, file), content, { mode: 0o755 });
  await runSandboxed(host, {
    root,
    writeRoot: true,
    command: [`/${file}`, ...args],
    // apk(8), "Environment for the scripts APK executes": apk 3 sets them, and scripts for apk 2 do without.
    env: { APK_PACKAGE: pkgInfo.name, APK_SCRIPT: script },
    log,
    okExitCodes: EVERY_EXIT_CODE,
  });
}

const EVERY_EXIT_CODE = Array.from({ length: 256 }, (_, code) => code);

function foldersOf(installed: readonly InstalledPackage[]): readonly string[] {
  const folders = installed.flatMap(({ entries }) =>
    entries.filter(({ type }) => type === 'directory').map((entry) => `/${entry.path}`),
  );
  return [...new Set(folders)].sort(compareStrings);
}

/** fnmatch(3) with FNM_PATHNAME, as far as packages use it: `*` and `?` within one part of the path. */
export function matchesTrigger(pattern: string, folder: string): boolean {
  // "+" in front: the trigger wants to know even when nothing in the folder changed.
  const source = pattern
    .replace(/^\+/, '')
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${source}$`).test(folder);
}
