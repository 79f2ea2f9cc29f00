import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ScriptName } from '../../apk/package/package-file.ts';
import { compareStrings } from '../../core/digest.ts';
import { makeFolderBelow } from '../../host/below/files-below.ts';
import { withTempFolder } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import { SCRIPT_LIMITS } from '../../host/sandbox/sandbox-limits.ts';
import type { SandboxLimits } from '../../host/sandbox/sandbox-limits.ts';
import { runSandboxed } from '../../host/sandbox/sandbox.ts';
import type { InstalledPackage } from './install-packages.ts';

/** Where apk runs scripts from. */
const FOLDER = 'lib/apk/exec';

interface ScriptRun {
  readonly select: (packageName: string) => boolean;
  readonly log: string;
  /** Of each script by itself; absent = those for scripts. */
  readonly limits?: SandboxLimits | undefined;
}

/**
 * Runs install scripts and then triggers of the packages that `select` names, in install order, with the root as their
 * whole world: no network, no file of the host, writable root. As with apk, a failing script is not a failure of the
 * installation: it is written to the log.
 *
 * @param root absolute path; temporary folders are made beside it
 * @throws VipisoError timeout, tool-failed: a script goes beyond its limits, and of which package it is;
 *   malformed-package: a package has put something else instead of a mount point
 */
export async function runPackageScripts(
  host: Host,
  root: string,
  installed: readonly InstalledPackage[],
  options: ScriptRun,
): Promise<void> {
  const selected = installed.filter(({ opened }) => options.select(opened.pkgInfo.name));
  for (const script of ['pre-install', 'post-install'] as const) {
    for (const each of selected) {
      await runScript(host, root, each, script, [each.opened.pkgInfo.version], options);
    }
  }
  const folders = foldersOf(installed);
  for (const each of selected) {
    const fired = folders.filter((folder) =>
      each.opened.pkgInfo.triggers.some((pattern) => matchesTrigger(pattern, folder)),
    );
    if (fired.length > 0) await runScript(host, root, each, 'trigger', fired, options);
  }
}

/**
 * The script lies in a fresh folder of the host, which the sandbox can only read: whatever packages or scripts before it
 * left in the root, nothing of ours is written there.
 */
async function runScript(
  host: Host,
  root: string,
  { opened: { pkgInfo, scripts } }: InstalledPackage,
  script: ScriptName,
  args: readonly string[],
  { log, limits = SCRIPT_LIMITS }: ScriptRun,
): Promise<void> {
  const content = scripts.get(script);
  if (content === undefined) return;
  const identity = `${pkgInfo.name}-${pkgInfo.version}`;
  const name = `${identity}.${script}`;
  const to = `/${makeFolderBelow(root, FOLDER, 'inside')}`;
  await withTempFolder(host, path.dirname(root), async (folder) => {
    const [from, temp] = [path.join(folder, 'exec'), path.join(folder, 'tmp')];
    for (const each of [from, temp]) await mkdir(each);
    await writeFile(path.join(from, name), content);
    await chmod(path.join(from, name), 0o755);
    await runSandboxed(host, {
      root,
      writeRoot: true,
      temp,
      binds: [{ from, to, write: false }],
      command: [`/${FOLDER}/${name}`, ...args],
      // apk(8), "Environment for the scripts APK executes": apk 3 sets them, and scripts for apk 2 do without.
      env: { APK_PACKAGE: pkgInfo.name, APK_SCRIPT: script },
      title: `the ${script} script of ${identity}`,
      limits,
      log,
      okExitCodes: EVERY_EXIT_CODE,
    });
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
