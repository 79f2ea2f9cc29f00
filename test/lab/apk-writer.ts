import { createHash } from 'node:crypto';
import type { PackageRecord, SigningKey } from '../../scripts/apk/model.ts';
import type { ScriptName } from '../../scripts/apk/package/package-file.ts';
import { signatureMember } from '../../scripts/apk/trust/signature-member.ts';
import { compareStrings } from '../../scripts/core/digest.ts';
import { VipisoError } from '../../scripts/core/errors.ts';
import { gzipMember } from '../../scripts/formats/gzip-members.ts';
import type { TarEntryType } from '../../scripts/formats/tar/tar-reader.ts';
import { writeTar } from '../../scripts/formats/tar/tar-writer.ts';
import type { TarInput } from '../../scripts/formats/tar/tar-writer.ts';

/** One entry of a package's file tree; owners default to root, modes to 0755 and 0644. */
export interface ApkFile {
  /** Relative to the root, without leading slash. */
  readonly path: string;
  readonly type?: TarEntryType | undefined;
  readonly mode?: number | undefined;
  readonly content?: Buffer | undefined;
  readonly linkTarget?: string | undefined;
  readonly device?: { readonly major: number; readonly minor: number } | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly uname?: string | undefined;
  readonly gname?: string | undefined;
}

type Described = Partial<
  Omit<PackageRecord, 'name' | 'version' | 'checksum' | 'size' | 'installedSize'>
>;

/** A package to be written; what an index would say of it, plus files and scripts. */
export interface ApkInput extends Described {
  readonly name: string;
  readonly version: string;
  /** Missing parent folders are added. Order does not matter. */
  readonly files?: readonly ApkFile[] | undefined;
  readonly scripts?: Readonly<Partial<Record<ScriptName, string>>> | undefined;
  readonly triggers?: readonly string[] | undefined;
}

/** Level 6: the step to 9 doubles the time for one percent. */
const DATA_LEVEL = 6;

/**
 * Writes a signed .apk of format 2, as abuild does: signature, control and data members, data entries with
 * their SHA-1 in pax headers. Equal input gives equal bytes; `buildTime` is every entry's time.
 */
export function writeApk(input: ApkInput, key: SigningKey): Buffer {
  const mtime = input.buildTime ?? 0;
  const files = withParents(input.files ?? []);
  const entries = files.map((file) => dataEntry(file, mtime));
  const data = gzipMember(writeTar(entries, { endMark: true }), DATA_LEVEL);
  const control = controlMember(input, installedSize(files), data, mtime);
  return Buffer.concat([signatureMember(control, key, mtime), control, data]);
}

function withParents(files: readonly ApkFile[]): ApkFile[] {
  const byPath = new Map<string, ApkFile>();
  for (const { path } of files) {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const parent = path.slice(0, slash);
      byPath.set(parent, { path: parent, type: 'directory' });
    }
  }
  for (const file of files) byPath.set(file.path, file);
  return [...byPath.values()].sort((a, b) => compareStrings(a.path, b.path));
}

function dataEntry(file: ApkFile, mtime: number): TarInput {
  const type = file.type ?? 'file';
  const mode = file.mode ?? (type === 'file' || type === 'hardlink' ? 0o644 : 0o755);
  const hashed =
    type === 'file' ? (file.content ?? '') : type === 'symlink' ? file.linkTarget : undefined;
  const pax = new Map<string, string>();
  if (hashed !== undefined) {
    pax.set('APK-TOOLS.checksum.SHA1', createHash('sha1').update(hashed).digest('hex'));
  }
  return { ...file, type, mode, mtime, pax };
}

function installedSize(files: readonly ApkFile[]): number {
  return files.reduce((sum, { content }) => sum + (content?.length ?? 0), 0);
}

function controlMember(input: ApkInput, size: number, data: Buffer, mtime: number): Buffer {
  const pkgInfo = Buffer.from(
    formatPkgInfo(input, size, createHash('sha256').update(data).digest('hex')),
  );
  const scripts = Object.entries(input.scripts ?? {}).sort(([a], [b]) => compareStrings(a, b));
  const entries: TarInput[] = [
    { path: '.PKGINFO', type: 'file', mode: 0o644, mtime, content: pkgInfo },
    ...scripts.map(([name, text]): TarInput => {
      return { path: `.${name}`, type: 'file', mode: 0o755, mtime, content: Buffer.from(text) };
    }),
  ];
  return gzipMember(writeTar(entries, { endMark: false }));
}

function formatPkgInfo(input: ApkInput, size: number, dataHash: string): string {
  const fields: [string, string | number | undefined][] = [
    ['pkgname', input.name],
    ['pkgver', input.version],
    ['pkgdesc', input.description],
    ['url', input.url],
    ['builddate', input.buildTime],
    ['size', size],
    ['arch', input.arch],
    ['origin', input.origin ?? input.name],
    ['commit', input.commit],
    ['maintainer', input.maintainer],
    ['license', input.license],
    ['provider_priority', input.providerPriority],
    ...repeated('replaces', input.replaces),
    ...repeated('depend', input.depends),
    ...repeated('provides', input.provides),
    ['install_if', input.installIf?.join(' ')],
    ['triggers', input.triggers?.join(' ')],
    ['datahash', dataHash],
  ];
  return fields.map(([key, value]) => infoLine(key, value)).join('');
}

function repeated(key: string, values: readonly string[] = []): [string, string][] {
  return values.map((value) => [key, value]);
}

function infoLine(key: string, value: string | number | undefined): string {
  if (value === undefined || value === '') return '';
  if (/[\r\n\0]/.test(String(value))) {
    throw new VipisoError('malformed-package', `The package field ${key} must be one line.`);
  }
  return `${key} = ${value}\n`;
}
