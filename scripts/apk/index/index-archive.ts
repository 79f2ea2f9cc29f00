import { VipisoError } from '../../core/errors.ts';
import { gzipMember, readGzipMember } from '../../formats/gzip-members.ts';
import type { GzipLimits } from '../../formats/gzip-members.ts';
import { readTar } from '../../formats/tar/tar-reader.ts';
import { writeTar } from '../../formats/tar/tar-writer.ts';
import type { KeySet, PackageRecord, SigningKey } from '../model.ts';
import {
  isSignatureMember,
  readSignatures,
  refuseSignatureAmong,
  signatureMember,
} from '../trust/signature-member.ts';
import { checkSignatures, signatureError } from '../trust/signature.ts';
import type { Signature } from '../trust/signature.ts';
import { PackageIndex } from './package-index.ts';
import { decodeIndexCache } from './scan/index-cache.ts';
import type { CachedIndex } from './scan/index-cache.ts';

/** An APKINDEX.tar.gz that was read and found to be what a trusted key signed. */
export interface IndexArchive extends CachedIndex {
  /** Name of the key that signed it; `undefined` only where an untrusted index was asked for. */
  readonly signer: string | undefined;
}

/** Whom to believe; `allow-untrusted` is for a caller that says so loudly and records it. */
export type Trust = KeySet | 'allow-untrusted';

/** How messages name an index that nothing else is known of. */
export const THE_INDEX = 'The package index';
const MAX_CONTENT = 512 * 1024 * 1024;

/**
 * Reads an APKINDEX.tar.gz (`load_index` of apk-tools, src/database.c): a signature member and one member with `DESCRIPTION` and `APKINDEX`. The
 * signature is checked before anything behind it is inflated.
 *
 * @param cached What `encodeIndexCache` made of these very bytes before; spares inflating and scanning them.
 * @param what How messages name the index: the subject of a sentence.
 * @throws VipisoError `signature-untrusted` (no signature by a known key), `signature-invalid` (the bytes are
 * not what the key signed) or `malformed-index`.
 */
export function readIndexArchive(
  bytes: Buffer,
  trust: Trust,
  cached?: Buffer,
  what = THE_INDEX,
): IndexArchive {
  const limits = limitsOf(what);
  const first = readGzipMember(bytes, 0, limits);
  const signed = isSignatureMember(first, limits);
  const content = signed ? bytes.subarray(first.compressed.length) : bytes;
  const signatures = signed ? readSignatures(first, limits) : [];
  const signer =
    trust === 'allow-untrusted' ? undefined : verifiedSigner(signatures, content, trust, what);
  const known = cached && decodeIndexCache(cached);
  return { ...(known ?? readContent(content, limits)), signer };
}

function limitsOf(what: string): GzipLimits {
  return { maxContent: MAX_CONTENT, code: 'malformed-index', what };
}

function verifiedSigner(
  signatures: readonly Signature[],
  content: Buffer,
  keys: KeySet,
  what: string,
): string {
  const check = checkSignatures(signatures, content, keys);
  if (check.status !== 'ok') throw signatureError(check, what);
  return check.keyName;
}

function readContent(content: Buffer, limits: GzipLimits): CachedIndex {
  const member = readGzipMember(content, 0, limits);
  if (member.compressed.length !== content.length) {
    throw new VipisoError('malformed-index', `${limits.what} has data after its archive.`);
  }
  const entries = [...readTar(member.content, limits)];
  refuseSignatureAmong(entries, limits);
  const file = (name: string): Buffer | undefined =>
    entries.find((entry) => entry.path === name && entry.type === 'file')?.content;
  const text = file('APKINDEX');
  if (text === undefined) {
    throw new VipisoError('malformed-index', `${limits.what} archive has no file APKINDEX.`);
  }
  return {
    description: file('DESCRIPTION')?.toString('utf8') ?? '',
    records: PackageIndex.fromText(text),
  };
}

export interface IndexArchiveInput {
  readonly records: Iterable<PackageRecord>;
  readonly description: string;
  /** Unix seconds for the tar headers (SOURCE_DATE_EPOCH). */
  readonly epoch: number;
  readonly key: SigningKey;
}

/** Writes a signed APKINDEX.tar.gz as `apk index` and `abuild-sign` would: equal input, equal bytes. */
export function writeIndexArchive({ records, description, epoch, key }: IndexArchiveInput): Buffer {
  const text = PackageIndex.fromRecords(records).bytes;
  const file = { type: 'file', mode: 0o644, mtime: epoch } as const;
  const content = gzipMember(
    writeTar(
      [
        { ...file, path: 'DESCRIPTION', content: Buffer.from(description) },
        { ...file, path: 'APKINDEX', content: text },
      ],
      { endMark: true },
    ),
  );
  return Buffer.concat([signatureMember(content, key, epoch), content]);
}
