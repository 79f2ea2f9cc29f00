import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ioError } from '../host/fs/errno.ts';
import type { FileTree, TreeEntry } from './tree.ts';

/**
 * Writes a tree into a folder, which is made when missing. Modes are exact, whatever the umask; owners are the
 * caller's, who need not be root.
 *
 * @throws VipisoError permission, disk-full, io
 */
export async function writeTree(folder: string, tree: FileTree): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const entry of tree) await writeEntry(path.join(folder, entry.path), entry);
  } catch (error) {
    throw ioError(error, 'write the file tree', folder);
  }
}

async function writeEntry(target: string, entry: TreeEntry): Promise<void> {
  switch (entry.type) {
    case 'directory':
      await mkdir(target, { recursive: true });
      await chmod(target, entry.mode);
      return;
    case 'symlink':
      await symlink(entry.target, target);
      return;
    case 'file':
      await writeFile(target, entry.content, { mode: 0o600, flag: 'wx' });
      await chmod(target, entry.mode);
  }
}
