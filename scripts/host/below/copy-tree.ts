import { constants, lstatSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { copyFile, open, readdir } from 'node:fs/promises';
import { VipisoError } from '../../core/errors.ts';
import { ioError } from '../fs/errno.ts';
import { kindOf } from './files-below.ts';
import { FolderBelow } from './folder-below.ts';

/** All rights but the bits that give a program the rights of its owner or group. */
const MODE_BITS = 0o1777;

/**
 * Copies a folder that others may have written to, with its links as they are and without set-user-id bits. Files share
 * blocks where the file system can (ioctl_ficlone(2)), never an inode: whoever may write to the one must not be able
 * to change the other.
 *
 * @param from.root absolute path of a folder of ours. @param from.name of a folder in it
 * @param to absolute path of a folder of ours that gets a folder of the same name
 * @throws VipisoError malformed-package: it, or something in it, is not a folder, regular file or link; disk-full
 */
export async function copyTree(
  from: { readonly root: string; readonly name: string },
  to: string,
): Promise<void> {
  const source = FolderBelow.open(from.root, from.name, { links: 'refuse', missing: 'leave' });
  if (source === undefined) return;
  try {
    const about = lstatSync(source.path);
    const above = FolderBelow.open(to, '', { links: 'refuse', missing: 'leave' });
    try {
      mkdirSync(above?.entry(from.name) ?? '', { mode: 0o700 });
    } finally {
      above?.close();
    }
    const target = FolderBelow.open(to, from.name, { links: 'refuse', missing: 'leave' });
    if (target === undefined) return;
    try {
      for (const name of (await readdir(source.path)).sort()) await copyEntry(source, target, name);
      target.setMode((about.mode & MODE_BITS) | 0o700);
    } finally {
      target.close();
    }
  } catch (error) {
    throw ioError(error, 'copy', from.name);
  } finally {
    source.close();
  }
}

async function copyEntry(source: FolderBelow, target: FolderBelow, name: string): Promise<void> {
  const place = source.entry(name);
  switch (kindOf(place)) {
    case 'folder':
      await copyTree({ root: source.path, name }, target.path);
      return;
    case 'link':
      symlinkSync(readlinkSync(place), target.entry(name));
      return;
    case 'file':
      await copyRegular(place, target.entry(name));
      return;
    case 'missing':
      return;
    case 'other':
      throw new VipisoError(
        'malformed-package',
        `${source.name}/${name} is not kept: it is neither file, folder nor link`,
      );
  }
}

async function copyRegular(from: string, to: string): Promise<void> {
  const handle = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { mode } = await handle.stat();
    await copyFile(
      `/proc/self/fd/${handle.fd}`,
      to,
      constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE,
    );
    const copy = await open(to, constants.O_RDONLY | constants.O_NOFOLLOW);
    await copy.chmod(mode & MODE_BITS).finally(() => copy.close());
  } finally {
    await handle.close();
  }
}
