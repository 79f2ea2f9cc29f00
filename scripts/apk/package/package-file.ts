import { createHash } from 'node:crypto';
import { VipisoError } from '../../core/errors.ts';
import { readGzipMember } from '../../formats/gzip-members.ts';
import type { GzipMember } from '../../formats/gzip-members.ts';
import { readTar } from '../../formats/tar/tar-reader.ts';
import type { TarEntry } from '../../formats/tar/tar-reader.ts';
import { adbError, isAdb } from '../index/adb-format.ts';
import type { KeySet, PackageRecord } from '../model.ts';
import {
  isSignatureMember,
  readSignatures,
  refuseSignatureAmong,
} from '../trust/signature-member.ts';
import { checkSignatures, signatureError } from '../trust/signature.ts';
import type { Signature, SignatureCheck } from '../trust/signature.ts';
import { checkIdentity } from './package-identity.ts';
import { PathGuard } from './package-paths.ts';
import { parsePkgInfo } from './pkginfo.ts';
import type { PkgInfo } from './pkginfo.ts';

/** A script of a package, run by apk at the moment that its name tells. */
export type ScriptName =
  | 'pre-install'
  | 'post-install'
  | 'pre-deinstall'
  | 'post-deinstall'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'trigger';

/** One file system entry of a package; `path` is relative to the root and safe to join to one. */
export interface DataEntry extends Omit<TarEntry, 'pax'> {
  /** SHA-1 (hexadecimal) that the package records for the content of a file or the target of a link. */
  readonly sha1: string | undefined;
}

/** A package whose control and data members are what its checksums say. */
export interface OpenedPackage {
  readonly pkgInfo: PkgInfo;
  readonly scripts: ReadonlyMap<ScriptName, Buffer>;
  /** `Q1` + base64 SHA-1 of the control member, as an index records it. */
  readonly checksum: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Never `bad`. `unknown-key` is fine for a package that a signed index vouches for by checksum. */
  readonly signature: SignatureCheck;
  /**
   * Inflates the data member, to at most what its recorded size allows and never more than a gigabyte, and walks it;
   * contents are views into it. May be called again.
   */
  entries: () => Generator<DataEntry>;
}

/** What an index or a lock says of a package's file. */
export type ListedPackage = Pick<PackageRecord, 'name' | 'version' | 'arch' | 'checksum' | 'size'>;

export interface Expectations {
  /** Entry of an index or a lock that the file must match in identity and size. */
  readonly record?: ListedPackage | undefined;
  readonly keys?: KeySet | undefined;
  /** How messages name the file. */
  readonly what?: string | undefined;
}

const MAX_CONTROL = 16 * 1024 * 1024;
const MAX_DATA = 1024 * 1024 * 1024;
/** Room for headers and links, which the recorded size does not count. */
const UNCOUNTED_DATA = 64 * 1024 * 1024;
/** abuild records what the files take on the builder's disk, which may compress them. */
const DISK_COMPRESSION = 4;
const SCRIPT_NAMES: ReadonlySet<string> = new Set<ScriptName>([
  'pre-install',
  'post-install',
  'pre-deinstall',
  'post-deinstall',
  'pre-upgrade',
  'post-upgrade',
  'trigger',
]);

/**
 * Opens an .apk of format 2 and verifies it: signature where a known key made one, control member against the
 * record's checksum, data member against the control member's `datahash`, size; name, version and architecture against
 * apk's grammar and the record.
 *
 * @throws VipisoError `digest-mismatch` when a hash, the size or the identity differs, `signature-invalid` when a known key
 * did not sign these bytes, `unsupported-format` for a package of apk-tools 3, `malformed-package` for anything else that
 * is not a valid package.
 */
export function openPackage(bytes: Buffer, expectations: Expectations = {}): OpenedPackage {
  const { record, keys = new Map<string, string>() } = expectations;
  const what =
    expectations.what ?? (record ? `${record.name}-${record.version}.apk` : 'The package');
  if (isAdb(bytes)) throw adbError(what);
  if (record !== undefined && record.size !== bytes.length) {
    throw mismatch(what, 'size in bytes', String(record.size), String(bytes.length));
  }
  const { signatures, control, data } = splitMembers(bytes, what);
  const signature = checkSignatures(signatures, control.compressed, keys);
  if (signature.status === 'bad') throw signatureError(signature, what);
  const checksum = checkedIdentity(control.compressed, record, what);
  const { pkgInfo, scripts } = readControl(control, what);
  checkIdentity(pkgInfo, record, what);
  checkDataHash(data, pkgInfo, what);
  return {
    pkgInfo,
    scripts,
    checksum,
    size: bytes.length,
    signature,
    entries: () => readData(data, pkgInfo.installedSize, what),
  };
}

function splitMembers(
  bytes: Buffer,
  what: string,
): { signatures: readonly Signature[]; control: GzipMember; data: Buffer } {
  const limits = { maxContent: MAX_CONTROL, code: 'malformed-package', what } as const;
  const first = readGzipMember(bytes, 0, limits);
  if (!isSignatureMember(first, limits)) {
    return { signatures: [], control: first, data: bytes.subarray(first.compressed.length) };
  }
  const start = first.compressed.length;
  const control = readGzipMember(bytes, start, limits);
  const data = bytes.subarray(start + control.compressed.length);
  return { signatures: readSignatures(first, limits), control, data };
}

/** An index names the control member by SHA-1 (`Q1`) or, in newer ones, by SHA-256 (`Q2`). */
function checkedIdentity(control: Buffer, record: ListedPackage | undefined, what: string): string {
  const algorithm = record?.checksum.startsWith('Q2') === true ? 'sha256' : 'sha1';
  const prefix = algorithm === 'sha256' ? 'Q2' : 'Q1';
  const checksum = prefix + createHash(algorithm).update(control).digest('base64');
  if (record !== undefined && record.checksum !== checksum) {
    throw mismatch(what, 'checksum of the control member', record.checksum, checksum);
  }
  return checksum;
}

function readControl(
  control: GzipMember,
  what: string,
): { pkgInfo: PkgInfo; scripts: Map<ScriptName, Buffer> } {
  const scripts = new Map<ScriptName, Buffer>();
  let pkgInfo: PkgInfo | undefined;
  const context = { code: 'malformed-package', what } as const;
  const entries = [...readTar(control.content, context)];
  refuseSignatureAmong(entries, context);
  for (const entry of entries) {
    const script = entry.path.slice(1);
    if (entry.type !== 'file') continue;
    if (entry.path === '.PKGINFO') pkgInfo = parsePkgInfo(entry.content.toString('utf8'));
    else if (entry.path.startsWith('.') && isScriptName(script)) scripts.set(script, entry.content);
  }
  if (pkgInfo === undefined) {
    throw new VipisoError(
      'malformed-package',
      `${what} holds no .PKGINFO with a name and a version.`,
    );
  }
  return { pkgInfo, scripts };
}

function isScriptName(name: string): name is ScriptName {
  return SCRIPT_NAMES.has(name);
}

function checkDataHash(data: Buffer, pkgInfo: PkgInfo, what: string): void {
  const actual = createHash('sha256').update(data).digest('hex');
  if (actual !== pkgInfo.dataHash) {
    throw mismatch(what, 'SHA-256 of the data member', pkgInfo.dataHash, actual);
  }
}

function* readData(data: Buffer, installedSize: number, what: string): Generator<DataEntry> {
  const recorded = UNCOUNTED_DATA + DISK_COMPRESSION * installedSize;
  const maxContent = Math.min(MAX_DATA, recorded);
  const member = readGzipMember(data, 0, { maxContent, code: 'malformed-package', what });
  if (member.compressed.length !== data.length) {
    throw new VipisoError('malformed-package', `${what} has data after its data member.`);
  }
  const guard = new PathGuard(what);
  for (const entry of readTar(member.content, { code: 'malformed-package', what })) {
    const { pax, ...rest } = entry;
    yield { ...rest, ...guard.admit(entry), sha1: pax.get('APK-TOOLS.checksum.SHA1') };
  }
}

function mismatch(what: string, kind: string, expected: string, actual: string): VipisoError {
  return new VipisoError(
    'digest-mismatch',
    `${what} is not the file it should be: its ${kind} is ${actual || 'missing'}, not ${expected || 'recorded'}.`,
    { hint: 'Remove it and fetch it again.' },
  );
}

/**
 * The index entry of a package file, as `apk index` would write it, verified on the way.
 * @param listed what the file must be, where something says so
 */
export function recordOf(bytes: Buffer, what?: string, listed?: ListedPackage): PackageRecord {
  const { pkgInfo, checksum, size } = openPackage(bytes, { what, record: listed });
  return {
    name: pkgInfo.name,
    version: pkgInfo.version,
    arch: pkgInfo.arch,
    checksum,
    size,
    installedSize: pkgInfo.installedSize,
    description: pkgInfo.description,
    url: pkgInfo.url,
    license: pkgInfo.license,
    origin: pkgInfo.origin,
    maintainer: pkgInfo.maintainer,
    buildTime: pkgInfo.buildTime,
    commit: pkgInfo.commit,
    providerPriority: pkgInfo.providerPriority,
    depends: pkgInfo.depends,
    provides: pkgInfo.provides,
    installIf: pkgInfo.installIf,
    replaces: pkgInfo.replaces,
  };
}
