import { chmod, link, lstat, lutimes, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataEntry, OpenedPackage } from '../../apk/package-file.ts';
import { VipisoError } from '../../core/errors.ts';
import { ioError, isErrno } from '../../host/errno.ts';
import { Owners } from './owners.ts';
import { resolveInside } from './resolve-inside.ts';

/** A package that lies in a root now. */
export interface InstalledPackage {
  readonly opened: OpenedPackage;
  /** What it owns there, in its own order; folders may be owned by several packages. */
  readonly entries: readonly Omit<DataEntry, 'content'>[];
}

/**
 * Unpacks verified packages into a folder, in order, by apk's rules: a file may be shipped twice only where one
 * package replaces the other. Nothing is written outside of the folder, wherever links in it point.
 *
 * Owners and device nodes need privileges that are not asked for: owners are only recorded, nodes left out.
 * Install scripts do not run.
 *
 * @throws VipisoError malformed-package, disk-full, permission
 */
export async function installPackages(
  root: string,
  packages: Iterable<OpenedPackage> | AsyncIterable<OpenedPackage>,
): Promise<readonly InstalledPackage[]> {
  const owners = new Owners();
  const unpacked: InstalledPackage[] = [];
  for await (const opened of packages) {
    unpacked.push({ opened, entries: await unpack(root, opened, owners) });
  }
  // A later package may have taken files of an earlier one.
  return unpacked.map(({ opened, entries }) => ({
    opened,
    entries: entries.filter(
      ({ path: file, type }) =>
        type === 'directory' || owners.ownerOf(file)?.name === opened.pkgInfo.name,
    ),
  }));
}

async function unpack(
  root: string,
  opened: OpenedPackage,
  owners: Owners,
): Promise<Omit<DataEntry, 'content'>[]> {
  const owned: Omit<DataEntry, 'content'>[] = [];
  const folders = new Map<string, string>();
  const folderOf = async (file: string): Promise<string> => {
    const parent = path.posix.dirname(file);
    const known = folders.get(parent) ?? (await resolveInside(root, parent === '.' ? '' : parent));
    folders.set(parent, known);
    return path.join(root, known);
  };
  for (const entry of opened.entries()) {
    const { content, ...record } = entry;
    // Like apk, which leaves names with a dot in front out: packages without files carry a `.dummy`.
    if (entry.path === '' || entry.path.startsWith('.')) continue;
    if (entry.type === 'directory') {
      const folder = path.join(root, await resolveInside(root, entry.path));
      await chmod(folder, entry.mode | 0o700);
      owned.push(record);
    } else if (owners.claim(entry.path, opened.pkgInfo) === 'take') {
      const place = path.join(await folderOf(entry.path), path.posix.basename(entry.path));
      const target =
        entry.type === 'hardlink'
          ? path.join(await folderOf(entry.linkTarget), path.posix.basename(entry.linkTarget))
          : entry.linkTarget;
      await writeEntry(place, { ...entry, linkTarget: target }, content, opened.pkgInfo.name);
      owned.push(record);
    }
  }
  return owned;
}

/** `linkTarget` of a hard link is a path on the host here. */
async function writeEntry(
  place: string,
  entry: DataEntry,
  content: Buffer,
  packageName: string,
): Promise<void> {
  try {
    await makeWay(place, entry, packageName);
    switch (entry.type) {
      case 'file':
        await writeFile(place, content, { flag: 'wx', mode: 0o600 });
        await chmod(place, entry.mode);
        {
          await utimes(place, entry.mtime, entry.mtime);
          return;
        }
      case 'symlink':
        await symlink(entry.linkTarget, place);
        {
          await lutimes(place, entry.mtime, entry.mtime);
          return;
        }
      case 'hardlink': {
        await link(entry.linkTarget, place);
        return;
      }
      case 'directory':
      case 'fifo':
      case 'character-device':
      case 'block-device':
        return;
    }
  } catch (error) {
    throw ioError(error, `unpack ${packageName}`, place, content.length);
  }
}

async function makeWay(place: string, entry: DataEntry, packageName: string): Promise<void> {
  try {
    if ((await lstat(place)).isDirectory()) {
      throw new VipisoError(
        'malformed-package',
        `${packageName} ships a ${entry.type} /${entry.path} where another package has a folder`,
      );
    }
    await rm(place);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
