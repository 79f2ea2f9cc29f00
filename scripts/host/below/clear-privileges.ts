import { lstat, readdir } from 'node:fs/promises';
import { FolderBelow } from './folder-below.ts';
import { PRIVILEGE_BITS, setMode } from './set-mode.ts';

/**
 * Takes the set-user-id and set-group-id bits from all files and folders below a folder. They mean nothing inside a
 * sandbox; in the cache of a user, or of root, they would lend that account to everybody who can reach the file.
 *
 * @param root absolute path of a folder of ours
 */
export async function clearPrivileges(root: string): Promise<void> {
  const folder = FolderBelow.open(root, '', { links: 'refuse', missing: 'leave' });
  if (folder === undefined) return;
  try {
    for (const name of await readdir(folder.path)) {
      const place = folder.entry(name);
      const about = await lstat(place);
      const isFolder = about.isDirectory();
      const wanted = (about.mode & 0o1777) | (isFolder ? 0o700 : 0);
      if ((isFolder && (about.mode & 0o700) !== 0o700) || (about.mode & PRIVILEGE_BITS) !== 0) {
        await setMode(place, wanted);
      }
      if (isFolder) await clearPrivileges(place);
    }
  } finally {
    folder.close();
  }
}
