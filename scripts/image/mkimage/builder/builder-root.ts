import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { digestOf } from '../../../core/digest.ts';
import { step } from '../../../core/events.ts';
import { clearPrivileges } from '../../../host/below/clear-privileges.ts';
import { makeFolderBelow } from '../../../host/below/files-below.ts';
import { cachedFolder } from '../../../host/cache/cached-folder.ts';
import type { Host } from '../../../host/host.ts';
import type { SandboxCall } from '../../../host/sandbox/sandbox-call.ts';
import { openLocked } from '../../../packages/package-files.ts';
import type { PackageFile } from '../../../packages/package-files.ts';
import { installPackages } from '../../root/install-packages.ts';
import { writePackageDatabase } from '../../root/package-database.ts';
import { runPackageScripts } from '../../root/run-scripts.ts';
import type { MkimageInputs } from '../inputs.ts';
import { hostSystem } from './host-system.ts';

/** Where the parts of a run appear inside the builder root. */
export const INSIDE = {
  aports: '/vipiso/aports',
  home: '/vipiso/home',
  /** The working directory: mkimage looks for its overlay hooks there. */
  profile: '/vipiso/profile',
  bin: '/vipiso/bin',
  repository: '/vipiso/repository',
  work: '/vipiso/work',
  out: '/vipiso/out',
  keys: '/etc/apk/keys',
} as const;

const MOUNT_POINTS = ['/proc', '/dev', '/sys', '/tmp', '/run', ...Object.values(INSIDE)];

/** Raised whenever the same packages give another root. */
const ROOT_VERSION = 2;

/** The root that mkimage runs in: the locked tools, or those of an Alpine host; read-only. */
export async function builderRoot(
  host: Host,
  { builder, builderRequests }: Pick<MkimageInputs, 'builder' | 'builderRequests'>,
): Promise<SandboxCall['root']> {
  if (builder.from === 'host') return await hostSystem(host.systemRoot);
  return await lockedRoot(host, builder.packages, builderRequests);
}

/**
 * A root of the locked builder packages, unpacked by us, their install scripts and triggers run
 * inside of it. Made once per set of packages.
 *
 * @returns absolute path
 */
async function lockedRoot(
  host: Host,
  files: readonly PackageFile[],
  requests: readonly string[],
): Promise<string> {
  const packages = files.map(({ locked }) => locked.sha256);
  const digest = digestOf({ version: ROOT_VERSION, packages, requests });
  const make = async (fresh: string): Promise<void> => {
    const root = path.join(fresh, 'root');
    await mkdir(root);
    const installed = await installPackages(root, openLocked(host, files));
    await writePackageDatabase(root, installed, requests);
    for (const folder of MOUNT_POINTS) makeFolderBelow(root, folder, 'refuse');
    await runPackageScripts(host, root, installed, {
      select: () => true,
      log: path.join(host.cacheFolder, 'logs', `builder-${digest.slice(0, 8)}.log`),
    });
    await clearPrivileges(root);
  };
  const { path: folder } = await step(
    host.report,
    { id: 'builder', title: "Unpacking mkimage's tools" },
    () => cachedFolder(host, 'builders', digest, make),
    ({ cached }) => ({
      outcome: cached ? 'cached' : 'done',
      summary: `${files.length} packages`,
    }),
  );
  return path.join(folder, 'root');
}
