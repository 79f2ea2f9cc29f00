import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import { VipisoError } from '../../../scripts/core/errors.ts';
import { isErrno } from '../../../scripts/host/fs/errno.ts';
import { withTempFolder } from '../../../scripts/host/fs/temp-folder.ts';
import type { Host } from '../../../scripts/host/host.ts';
import { runTool } from '../../../scripts/host/process/run.ts';
import type { Apt } from './apt.ts';
import type { DebianPackage } from './package-list.ts';

/** Debian's packages have their files in /usr alone: the old paths are links, as on every system of theirs. */
const MERGED = ['bin', 'lib', 'lib64', 'sbin'];

/** Downloads packages into a folder. What lies there already with the right digest stays, all else goes. */
export async function downloadDebs(
  host: Host,
  apt: Apt,
  packages: readonly DebianPackage[],
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const missing: DebianPackage[] = [];
  for (const it of packages) if (!(await isSound(it, folder))) missing.push(it);
  if (missing.length > 0) {
    await withTempFolder(host, folder, async (temp) => {
      const names = missing.map(({ name, version }) => `${name}=${version}`);
      await apt.download(names, temp);
      for (const it of missing) {
        if (!(await isSound(it, temp)))
          throw new VipisoError(
            'digest-mismatch',
            `apt did not bring the ${it.name} that its list names`,
          );
        await rename(path.join(temp, fileOf(it)), path.join(folder, fileOf(it)));
      }
    });
  }
  const wanted = new Set(packages.map(fileOf));
  for (const name of await readdir(folder))
    if (name.endsWith('.deb') && !wanted.has(name)) await rm(path.join(folder, name));
}

/** As apt names it. */
function fileOf({ name, version, architecture }: DebianPackage): string {
  return `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`;
}

async function isSound(it: DebianPackage, folder: string): Promise<boolean> {
  try {
    const bytes = await readFile(path.join(folder, fileOf(it)));
    return createHash('sha256').update(bytes).digest('hex') === it.sha256;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Unpacks packages from `folder`, each into a folder of its name below `into`. */
export async function unpackDebs(
  host: Host,
  packages: readonly DebianPackage[],
  folder: string,
  into: string,
): Promise<void> {
  const unpack = async (it: DebianPackage): Promise<void> => {
    const target = path.join(into, it.name);
    await mkdir(target, { recursive: true });
    const args = ['-x', path.join(folder, fileOf(it)), target];
    await runTool(host, { tool: 'dpkg-deb', args, timeoutMs: 300_000 });
    for (const name of MERGED) await symlink(`usr/${name}`, path.join(target, name));
  };
  await pMap(packages, unpack, { concurrency: 2 });
}
