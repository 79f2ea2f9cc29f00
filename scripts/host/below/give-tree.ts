import { lchownSync, lstatSync, readdirSync } from 'node:fs';
import { FolderBelow } from './folder-below.ts';
import { PRIVILEGE_BITS, setMode } from './set-mode.ts';

/**
 * Gives a folder or file of ours, with all that is in it, to another account; only root may. Links are given, not followed.
 * The folder itself comes last, so that one which has the new owner was given as a whole and is not looked at again.
 *
 * @param place absolute path. @param id user and group
 * @throws VipisoError permission, io
 */
export async function giveTree(place: string, id: number): Promise<void> {
  if (place === '/') throw new Error('the whole system is not given away');
  const about = lstatSync(place);
  if (about.uid === id && about.gid === id) return;
  if (about.isDirectory()) await giveContent(place, id);
  lchownSync(place, id, id);
}

async function giveContent(root: string, id: number): Promise<void> {
  const folder = FolderBelow.open(root, '', { links: 'refuse', missing: 'leave' });
  if (folder === undefined) return;
  try {
    for (const name of readdirSync(folder.path)) {
      const place = folder.entry(name);
      const about = lstatSync(place);
      if (about.isDirectory()) await giveContent(place, id);
      if (about.uid === id && about.gid === id) continue;
      lchownSync(place, id, id);
      // chown(2) takes them from programs.
      if (about.isFile() && (about.mode & PRIVILEGE_BITS) !== 0)
        await setMode(place, about.mode & 0o7777);
    }
  } finally {
    folder.close();
  }
}
