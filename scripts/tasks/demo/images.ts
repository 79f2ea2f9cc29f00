import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { $ } from 'zx';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';

/**
 * Writes the starter file of `vipiso init`, with the lab as its repository. A lock of an earlier demo goes: the lab may
 * have newer packages since.
 */
export async function writeClusterFile(host: Host, file: string, labFolder: string): Promise<void> {
  const folder = path.dirname(file);
  const starter = path.join(host.packageRoot, 'profiles', 'starter', 'cluster.yaml');
  await mkdir(folder, { recursive: true });
  await rm(path.join(folder, 'vipiso.lock.json'), { force: true });
  const lab = labSection(path.relative(folder, labFolder));
  await writeFile(file, `${await readFile(starter, 'utf8')}\n${lab}`);
}

function labSection(lab: string): string {
  return `# ── The demo's own lines ──────────────────────────────────────────────────────────────────────────────────
# The lab is a stand-in for Alpine's repositories, made from Debian packages. It has no mkimage, Alpine's own image
# builder, so the tool's native engine makes the images.
alpine:
  repositories: [${lab}/repo]
  keys: ${lab}/keys
image:
  engine: native
`;
}

/** The exit code of the compiled tool, run as a user would run it. */
export async function runVipiso(host: Host, args: readonly string[]): Promise<number> {
  const tool = path.join(host.packageRoot, 'out', 'tool', 'vipiso.js');
  const env = { ...process.env, ...pickAccelerator(host) };
  const shell = $({ stdio: 'inherit', nothrow: true, verbose: false, env });
  process.stdout.write(
    `$ vipiso ${args.map((it) => (path.isAbsolute(it) ? path.relative(host.cwd, it) : it)).join(' ')}\n`,
  );
  const { exitCode } = await shell`${process.execPath} ${tool} ${args}`;
  return exitCode ?? 1;
}

function pickAccelerator({ env }: Host): Record<string, string> {
  const value = env['VIPISO_ACCELERATOR'];
  return value === undefined ? {} : { VIPISO_ACCELERATOR: value };
}

/**
 * Builds the images as a user would: with the command line of the compiled tool.
 *
 * @throws VipisoError tool-failed when it ends with another exit code than 0
 */
export async function buildImages(host: Host, clusterFile: string, folder: string): Promise<void> {
  const exitCode = await runVipiso(host, ['build', clusterFile, '--out', folder]);
  if (exitCode !== 0)
    throw new VipisoError('tool-failed', `vipiso build ended with exit code ${exitCode}`);
}
