import { VipisoError } from '../core/errors.ts';
import { gzipMember, readGzipMember } from './gzip-members.ts';
import { decodeIndexCache } from './index-cache.ts';
import type { CachedIndex } from './index-cache.ts';
import type { KeySet, PackageRecord, SigningKey } from './model.ts';
import { PackageIndex } from './package-index.ts';
import { checkSignatures, signatureError } from './signature.ts';
import type { Signature } from './signature.ts';
import {
  isSignatureMember,
  readSignatures,
  refuseSignatureAmong,
  signatureMember,
} from './signature-member.ts';
import { readTar } from './tar-reader.ts';
import { writeTar } from './tar-writer.ts';

/** An APKINDEX.tar.gz that was read and found to be what a trusted key signed. */
export interface IndexArchive extends CachedIndex {
  /** Name of the key that signed it; `undefined` only where an untrusted index was asked for. */
  readonly signer: string | undefined;
}

/** Whom to believe; `allow-untrusted` is for a caller that says so loudly and records it. */
export type Trust = KeySet | 'allow-untrusted';

const WHAT = 'The package index';
const LIMITS = { maxContent: 512 * 1024 * 1024, code: 'malformed-index', what: WHAT } as const;

/**
 * Reads an APKINDEX.tar.gz: a signature member and one member with `DESCRIPTION` and `APKINDEX`. The
 * signature is checked before anything behind it is inflated.
 *
 * @param cached What `encodeIndexCache` made of these very bytes before; spares inflating and scanning them.
 * @throws VipisoError `signature-untrusted` (no signature by a known key), `signature-invalid` (the bytes are
 * not what the key signed) or `malformed-index`.
 */
export function readIndexArchive(bytes: Buffer, trust: Trust, cached?: Buffer): IndexArchive {
  const first = readGzipMember(bytes, 0, LIMITS);
  const signed = isSignatureMember(first, LIMITS);
  const content = signed ? bytes.subarray(first.compressed.length) : bytes;
  const signatures = signed ? readSignatures(first, LIMITS) : [];
  const signer =
    trust === 'allow-untrusted' ? undefined : verifiedSigner(signatures, content, trust);
  const known = cached && decodeIndexCache(cached);
  return { ...(known ?? readContent(content)), signer };
}

function verifiedSigner(signatures: readonly Signature[], content: Buffer, keys: KeySet): string {
  const check = checkSignatures(signatures, content, keys);
  if (check.status !== 'ok') throw signatureError(check, WHAT);
  return check.keyName;
}

function readContent(content: Buffer): CachedIndex {
  const member = readGzipMember(content, 0, LIMITS);
  if (member.compressed.length !== content.length) {
    throw new VipisoError('malformed-index', `${WHAT} goes on behind its archive.`);
  }
  const entries = [...readTar(member.content, LIMITS)];
  refuseSignatureAmong(entries, LIMITS);
  const file = (name: string): Buffer | undefined =>
    entries.find((entry) => entry.path === name && entry.type === 'file')?.content;
  const text = file('APKINDEX');
  if (text === undefined) {
    throw new VipisoError('malformed-index', `${WHAT} archive holds no file APKINDEX.`);
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
