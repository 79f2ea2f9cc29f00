import { rmSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { useCache } from '../cache/lease.ts';
import { ioError } from '../fs/errno.ts';
import { tempName } from '../fs/temp-folder.ts';
import type { Host } from '../host.ts';
import { onProcessExit } from '../process/exit-cleanup.ts';
import { runTool } from '../process/run.ts';

/** Devices that bwrap binds from the host, with their numbers (Linux: Documentation/admin-guide/devices.txt). */
const DEVICES = {
  null: '1 3',
  zero: '1 5',
  full: '1 7',
  random: '1 8',
  urandom: '1 9',
  tty: '5 0',
};

const made = new Map<string, Promise<string | undefined>>();

/**
 * Device nodes for sandboxes that root starts. Whoever owns a node may change its rights, and with root's id the host's
 * own nodes are the sandbox's: these are its in their place, and go with this process.
 *
 * @returns absolute path of a folder with nodes of the names in `DEVICE_NAMES`; undefined for an account that owns no node
 *   of the host, and where this one is not allowed to make any
 */
export async function privateDevices(host: Host): Promise<string | undefined> {
  if (process.geteuid?.() !== 0) return undefined;
  const { cacheFolder } = host;
  let folder = made.get(cacheFolder);
  if (folder === undefined) {
    folder = make(host);
    made.set(cacheFolder, folder);
    // One that was interrupted must not decide for the next.
    folder.catch(() => made.delete(cacheFolder));
  }
  const known = await folder;
  // A cache may be emptied meanwhile.
  if (known === undefined || statSync(known, { throwIfNoEntry: false }) !== undefined) return known;
  made.delete(cacheFolder);
  return await privateDevices(host);
}

export const DEVICE_NAMES = Object.keys(DEVICES);

const SCRIPT =
  'umask 0; for it; do mknod ${it%% *} c ${it#* } || exit 1; done; for it in null zero full; do : < $it || exit 1; done';

async function make(host: Host): Promise<string | undefined> {
  await useCache(host);
  const folder = path.join(host.cacheFolder, 'devices', tempName());
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw ioError(error, 'make a folder for devices', folder);
  }
  onProcessExit(() => rmSync(folder, { recursive: true, force: true }));
  try {
    await runTool(host, {
      tool: 'sh',
      args: ['-c', SCRIPT, 'sh', ...Object.entries(DEVICES).map((it) => it.join(' '))],
      cwd: folder,
    });
    return folder;
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code === 'interrupted') throw error;
    // A container without CAP_MKNOD, a file system that is mounted with nodev.
    await rm(folder, { recursive: true, force: true });
    return undefined;
  }
}
