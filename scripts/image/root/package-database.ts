import path from 'node:path';
import { formatStanza } from '../../apk/index/stanza.ts';
import type { PackageRecord } from '../../apk/model.ts';
import type { DataEntry } from '../../apk/package/package-file.ts';
import { compareStrings } from '../../core/digest.ts';
import { writeTar } from '../../formats/tar/tar-writer.ts';
import { writeBelow } from '../../host/below/files-below.ts';
import type { InstalledPackage } from './install-packages.ts';

type OwnedEntry = Omit<DataEntry, 'content'>;

/**
 * Writes apk's own records of what is installed (lib/apk/db, format 2), so that the root's apk knows its packages.
 *
 * @param world what was asked for, in apk's notation
 */
export async function writePackageDatabase(
  root: string,
  installed: readonly InstalledPackage[],
  world: readonly string[],
): Promise<void> {
  const database = 'lib/apk/db';
  const triggers = installed.filter(({ opened }) => opened.pkgInfo.triggers.length > 0);
  const files = new Map<string, string | Buffer>([
    [`${database}/installed`, installed.map(installedStanza).join('')],
    [`${database}/scripts.tar`, scriptsTar(installed)],
    [
      `${database}/triggers`,
      triggers
        .map(({ opened }) => `${opened.checksum} ${opened.pkgInfo.triggers.join(' ')}\n`)
        .join(''),
    ],
    [`${database}/lock`, ''],
    ['etc/apk/world', world.map((request) => `${request}\n`).join('')],
    ...archFile(installed),
  ]);
  for (const [file, content] of files) await writeBelow({ root, file, links: 'inside' }, content);
}

/** Which packages apk takes besides those for every machine; a root that has no others leaves it to apk. */
function archFile(installed: readonly InstalledPackage[]): [string, string][] {
  const arches = installed.map(({ opened }) => opened.pkgInfo.arch);
  const arch = arches.find((it) => it !== '' && it !== 'noarch');
  return arch === undefined ? [] : [['etc/apk/arch', `${arch}\n`]];
}

function installedStanza({ opened, entries }: InstalledPackage): string {
  const { pkgInfo, checksum, size } = opened;
  const record: PackageRecord = { ...pkgInfo, checksum, size };
  const priority = pkgInfo.replacesPriority === 0 ? '' : `q:${pkgInfo.replacesPriority}\n`;
  return `${formatStanza(record)}${priority}${fileLines(entries)}\n`;
}

/** `F:` opens a folder, `R:` names a file in it; access rights follow where they are not the usual ones. */
function fileLines(entries: readonly OwnedEntry[]): string {
  const digests = new Map(entries.map((entry) => [entry.path, entry.sha1]));
  const inFolder = new Map<string, { folder: OwnedEntry | undefined; files: OwnedEntry[] }>();
  const slot = (name: string): { folder: OwnedEntry | undefined; files: OwnedEntry[] } => {
    const known = inFolder.get(name) ?? { folder: undefined, files: [] };
    inFolder.set(name, known);
    return known;
  };
  for (const entry of entries) {
    const parent = path.posix.dirname(entry.path);
    if (entry.type === 'directory') slot(entry.path).folder = entry;
    else slot(parent === '.' ? '' : parent).files.push(entry);
  }
  return [...inFolder]
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([name, { folder, files }]) => {
      const rights = folder === undefined ? '' : rightsLine('M', folder, 0o755);
      return `F:${name}\n${rights}${files.map((file) => fileLine(file, digestOf(file, digests))).join('')}`;
    })
    .join('');
}

type Digests = ReadonlyMap<string, string | undefined>;

/** Packages give no digest of a hard link: it is that of the file that it is another name of. */
function digestOf({ type, sha1, linkTarget }: OwnedEntry, digests: Digests): string | undefined {
  return type === 'hardlink' ? digests.get(linkTarget) : sha1;
}

function fileLine(entry: OwnedEntry, sha1: string | undefined): string {
  const usual = entry.type === 'symlink' ? 0o777 : 0o644;
  const digest = sha1 === undefined ? '' : `Z:Q1${Buffer.from(sha1, 'hex').toString('base64')}\n`;
  return `R:${path.posix.basename(entry.path)}\n${rightsLine('a', entry, usual)}${digest}`;
}

function rightsLine(letter: 'a' | 'M', { uid, gid, mode }: OwnedEntry, usual: number): string {
  if (uid === 0 && gid === 0 && mode === usual && mode !== 0o777) return '';
  return `${letter}:${uid}:${gid}:${mode.toString(8)}\n`;
}

function scriptsTar(installed: readonly InstalledPackage[]): Buffer {
  const entries = installed.flatMap(({ opened: { pkgInfo, checksum, scripts } }) =>
    [...scripts].map(([script, content]) => ({
      path: `${pkgInfo.name}-${pkgInfo.version}.${checksum}.${script}`,
      type: 'file' as const,
      mode: 0o755,
      mtime: 0,
      content,
    })),
  );
  return writeTar(entries, { endMark: true });
}
