import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { apkOfVersion } from '../../../scripts/apk/generation.ts';
import type { ApkGeneration } from '../../../scripts/apk/generation.ts';

/** A real apk that the tests may run: `VIPISO_TEST_APK` names them, absolute paths with colons between. */
export interface RealApk {
  readonly program: string;
  readonly generation: ApkGeneration;
}

export const REAL_APKS: readonly RealApk[] = (process.env['VIPISO_TEST_APK'] ?? '')
  .split(':')
  .filter((program) => program !== '')
  .map((program) => {
    const [, version = ''] = /apk-tools (\S+?),/.exec(versionOf(program)) ?? [];
    return { program, generation: apkOfVersion(version) };
  });

export interface ApkRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function versionOf(program: string): string {
  return execFileSync(program, ['--version'], { encoding: 'utf8' });
}

/**
 * Runs it on a root for x86_64, without network or cache. An ordinary user becomes root of a namespace: apk 3 takes an
 * audit from no one else.
 */
export function runApk({ program }: RealApk, root: string, args: readonly string[]): ApkRun {
  const common = ['--root', root, '--arch', 'x86_64', '--no-network', '--no-cache', ...args];
  return process.getuid?.() === 0
    ? spawnSync(program, common, { encoding: 'utf8' })
    : spawnSync('unshare', ['--map-root-user', program, ...common], { encoding: 'utf8' });
}

/** An empty root with an apk database, whose repositories are those lines of a repositories file. */
export function emptyRoot(apk: RealApk, root: string, repositories: readonly string[]): void {
  mkdirSync(path.join(root, 'etc/apk'), { recursive: true });
  const { status, stderr } = runApk(apk, root, ['--allow-untrusted', 'add', '--initdb']);
  if (status !== 0) throw new Error(stderr);
  writeFileSync(
    path.join(root, 'etc/apk/repositories'),
    repositories.map((line) => `${line}\n`).join(''),
  );
}
