import { chmod, cp, mkdir, readFile, rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import { makeFolderBelow } from '../../host/below/files-below.ts';
import { withTempFolder } from '../../host/fs/temp-folder.ts';
import { installPackages } from '../../image/root/install-packages.ts';
import { writePackageDatabase } from '../../image/root/package-database.ts';
import { runPackageScripts } from '../../image/root/run-scripts.ts';
import { fetchLocked } from '../../packages/fetch-locked.ts';
import { closureOf } from '../../packages/lock/format/closure.ts';
import { lockInputsOf, staleness } from '../../packages/lock/format/inputs.ts';
import type { Lockfile } from '../../packages/lock/format/schema.ts';
import { findLock } from '../../packages/lock/lock-file.ts';
import { lockCluster } from '../../packages/lock/make-lock.ts';
import { openLocked } from '../../packages/package-files.ts';
import type { PackageSources } from '../../packages/sources.ts';
import { writeArchive } from './archive.ts';
import { writeLayer } from './layer.ts';

export interface OciRequest {
  /** Absolute path of the archive. */
  readonly out: string;
  /** Absolute path of the lock of its packages, which is made where there is none that fits. */
  readonly lockFile: string;
  /** Alpine packages. */
  readonly packages: readonly string[];
  /** Absolute folder of the tool as it ships, with its `package.json`. */
  readonly tool: string;
}

/** Alpine's names of architectures, and those of the image specification. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };
const TOOL = 'usr/lib/vipiso';
/** What lasts from one run to the next; anybody may write there, since nobody knows as whom the image will run. */
const STATE = { VIPISO_CACHE: 'var/cache/vipiso', VIPISO_DATA: 'var/lib/vipiso' };

/**
 * Makes the tool's own OCI image of verified Alpine packages and the bundled tool, without a daemon and without root.
 * The same lock and tool give the same bytes.
 *
 * @throws VipisoError of every kind
 */
export async function makeImage(
  sources: PackageSources,
  { out, lockFile, packages, tool }: OciRequest,
): Promise<{ readonly digest: string; readonly tag: string }> {
  const { host, arch } = sources;
  const lock = await lockOf(sources, lockFile, packages);
  const epoch = lock.sourceDateEpoch;
  const { name, version, license, description, files } = await toolPackage(tool);
  return await withTempFolder(host, path.dirname(out), async (temp) => {
    const [base, ours] = [path.join(temp, 'base'), path.join(temp, 'tool')];
    await layOut(sources, lock, { root: base, log: `${out}.log` });
    await placeTool(tool, ours, files);
    const layers = [
      await writeLayer(base, path.join(temp, 'base.tar.gz'), { epoch, modes: 'kept' }),
      await writeLayer(ours, path.join(temp, 'tool.tar.gz'), { epoch, modes: 'plain' }),
    ];
    const environment = Object.entries(STATE).map(([key, folder]) => `${key}=/${folder}`);
    const label = 'org.opencontainers.image';
    const about = {
      ...{ architecture: ARCHITECTURES[arch] ?? arch, tag: version, epoch },
      config: {
        Entrypoint: ['/usr/bin/vipiso'],
        WorkingDir: '/work',
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...environment],
        Labels: {
          [`${label}.title`]: name,
          [`${label}.version`]: version,
          [`${label}.licenses`]: license,
          [`${label}.description`]: description,
        },
      },
      history: [`Alpine ${lock.branch}: ${packages.join(' ')}`, `${name} ${version}`],
    };
    const archive = path.join(temp, 'image.tar');
    const { digest } = await writeArchive(archive, about, layers);
    await rename(archive, out);
    return { digest, tag: version };
  });
}

async function lockOf(
  sources: PackageSources,
  lockFile: string,
  packages: readonly string[],
): Promise<Lockfile> {
  const requests = { image: packages };
  const found = await findLock(lockFile);
  if (found !== undefined && staleness(found, lockInputsOf(sources, requests)).length === 0)
    return found;
  return (await lockCluster(sources, { lockFile, requests })).lock;
}

/** Of the packages' scripts only BusyBox's run, which link its applets. */
async function layOut(
  sources: PackageSources,
  lock: Lockfile,
  { root, log }: { readonly root: string; readonly log: string },
): Promise<void> {
  const { host } = sources;
  const find = await fetchLocked(sources, lock);
  const files = closureOf(lock, 'image').map(async (locked) => ({
    ...{ locked, path: await find(locked) },
  }));
  await mkdir(root);
  const installed = await installPackages(root, openLocked(host, await Promise.all(files)));
  for (const name of ['dev', 'proc', 'run', 'sys', 'tmp']) makeFolderBelow(root, name, 'refuse');
  await runPackageScripts(host, root, installed, { select: (name) => name === 'busybox', log });
  await writePackageDatabase(root, installed, lock.requests.image ?? []);
}

async function placeTool(tool: string, root: string, files: readonly string[]): Promise<void> {
  const folder = path.join(root, TOOL);
  await mkdir(folder, { recursive: true });
  for (const part of ['package.json', ...files])
    await cp(path.join(tool, part), path.join(folder, part), { recursive: true });
  await mkdir(path.join(root, 'usr/bin'));
  await symlink(`../lib/vipiso/out/tool/vipiso.js`, path.join(root, 'usr/bin/vipiso'));
  for (const state of [...Object.values(STATE), 'work', 'tmp']) {
    await mkdir(path.join(root, state), { recursive: true });
    await chmod(path.join(root, state), 0o1777);
  }
}

interface ToolPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly description: string;
  /** What ships. */
  readonly files: readonly string[];
}

async function toolPackage(tool: string): Promise<ToolPackage> {
  return JSON.parse(await readFile(path.join(tool, 'package.json'), 'utf8')) as ToolPackage;
}
