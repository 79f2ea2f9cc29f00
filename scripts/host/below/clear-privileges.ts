import { constants } from 'node:fs';
import { chmod, lstat, open, readdir } from 'node:fs/promises';
import { FolderBelow, O_PATH } from './folder-below.ts';

const PRIVILEGE_BITS = 0o6000;

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

async function setMode(place: string, mode: number): Promise<void> {
  const handle = await open(place, O_PATH | constants.O_NOFOLLOW);
  try {
    // On a link it is refused, which a changed name would deserve.
    await chmod(`/proc/self/fd/${handle.fd}`, mode);
  } finally {
    await handle.close();
  }
}
