import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isErrno } from './errno.ts';

/**
 * Removes a folder and everything in it, also folders without write permission (an unpacked package may
 * have some). A folder that is not there is fine.
 */
export async function removeTree(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM')) throw error;
    await makeRemovable(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeRemovable(folder: string): Promise<void> {
  if (!(await lstat(folder)).isDirectory()) return;
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeRemovable(path.join(folder, entry.name));
  }
}
