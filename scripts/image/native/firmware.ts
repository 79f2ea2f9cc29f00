import { cp, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { compareStrings } from '../../core/digest.ts';
import { isErrno } from '../../host/errno.ts';
import { makePlainFolder } from '../root/plain.ts';
import { runInRoot } from './work-root.ts';
import type { WorkRoot } from './work-root.ts';

/** Copies the firmware that the modules name, where the root holds it, to where the modloop carries it. */
export async function copyFirmware(host: Host, work: WorkRoot, version: string): Promise<void> {
  const from = path.join(work.root, 'lib/firmware');
  if (await isEmpty(from)) return;
  const to = path.join(work.root, 'lib/modules/firmware');
  for (const name of await namedFirmware(host, work, version)) {
    for (const file of [name, `${name}.xz`, `${name}.zst`]) {
      const source = path.join(from, file);
      // The name is a string out of a kernel module: it must not lead out of the folder.
      if (!source.startsWith(`${from}/`) || !(await exists(source))) continue;
      await makePlainFolder(path.dirname(path.join(to, file)));
      await cp(source, path.join(to, file), { recursive: true, dereference: true });
    }
  }
}

async function namedFirmware(
  host: Host,
  work: WorkRoot,
  version: string,
): Promise<readonly string[]> {
  const { stdout } = await runInRoot(host, work, [
    ...(['find', `/lib/modules/${version}`, '-type', 'f', '-name', '*.ko'] as const),
    ...['-exec', 'modinfo', '-k', version, '-F', 'firmware', '{}', '+'],
  ]);
  const names = stdout.split('\n').map((line) => line.trim());
  return [...new Set(names)].filter((name) => name !== '').sort(compareStrings);
}

async function isEmpty(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true;
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}
