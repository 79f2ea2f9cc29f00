import { linkSync, lutimesSync, symlinkSync, unlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { DataEntry, OpenedPackage } from '../../apk/package/package-file.ts';
import { VipisoError } from '../../core/errors.ts';
import { kindOf } from '../../host/below/files-below.ts';
import { FolderBelow } from '../../host/below/folder-below.ts';
import { ioError } from '../../host/fs/errno.ts';
import { Owners } from './owners.ts';

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

/** Rights that a file of a root may have: a set-user-id bit would hold on the host, too, where the root is cached. */
const MODE_BITS = 0o1777;

async function unpack(
  root: string,
  opened: OpenedPackage,
  owners: Owners,
): Promise<Omit<DataEntry, 'content'>[]> {
  const owned: Omit<DataEntry, 'content'>[] = [];
  // Packages list one folder after the other: each is walked to once.
  let current: { readonly name: string; readonly folder: FolderBelow | undefined } | undefined;
  try {
    for (const entry of opened.entries()) {
      const { content, ...record } = entry;
      // Like apk, which leaves names with a dot in front out: packages without files carry a `.dummy`.
      if (entry.path === '' || entry.path.startsWith('.')) continue;
      if (entry.type === 'directory') {
        within(root, entry.path, (folder) => folder.setMode((entry.mode & MODE_BITS) | 0o700));
        owned.push(record);
      } else if (owners.claim(entry.path, opened.pkgInfo) === 'take') {
        const { dir } = path.posix.parse(entry.path);
        if (current?.name !== dir) {
          current?.folder?.close();
          current = undefined;
          current = { name: dir, folder: FolderBelow.open(root, dir, TO_UNPACK) };
        }
        await writeEntry(root, current.folder, entry, content, opened.pkgInfo.name);
        owned.push(record);
      }
    }
  } finally {
    current?.folder?.close();
  }
  return owned;
}

/** Links on the way are those of the image. */
const TO_UNPACK = { links: 'inside', missing: 'make' } as const;

/** Works in a folder of the root, which is made if missing. */
function within<T>(root: string, name: string, work: (folder: FolderBelow) => T): T | undefined {
  const folder = FolderBelow.open(root, name, TO_UNPACK);
  try {
    return folder && work(folder);
  } finally {
    folder?.close();
  }
}

async function writeEntry(
  root: string,
  folder: FolderBelow | undefined,
  entry: DataEntry,
  content: Buffer,
  packageName: string,
): Promise<void> {
  try {
    const place = folder?.entry(path.posix.basename(entry.path)) ?? '';
    makeWay(place, entry, packageName);
    switch (entry.type) {
      case 'file':
        await writeContent(place, entry, content);
        return;
      case 'symlink':
        symlinkSync(entry.linkTarget, place);
        lutimesSync(place, entry.mtime, entry.mtime);
        return;
      case 'hardlink': {
        const target = path.posix.parse(entry.linkTarget);
        within(root, target.dir, (other) => linkSync(other.entry(target.base), place));
        return;
      }
      case 'directory':
      case 'fifo':
      case 'character-device':
      case 'block-device':
        return;
    }
  } catch (error) {
    throw ioError(error, `unpack ${packageName}`, path.join(root, entry.path), content.length);
  }
}

async function writeContent(
  place: string,
  { mode, mtime }: DataEntry,
  content: Buffer,
): Promise<void> {
  const handle = await open(place, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.chmod(mode & MODE_BITS);
    await handle.utimes(mtime, mtime);
  } finally {
    await handle.close();
  }
}

function makeWay(place: string, entry: DataEntry, packageName: string): void {
  const kind = kindOf(place);
  if (kind === 'folder') {
    throw new VipisoError(
      'malformed-package',
      `${packageName} ships a ${entry.type} /${entry.path} where another package has a folder`,
    );
  }
  if (kind !== 'missing') unlinkSync(place);
}
