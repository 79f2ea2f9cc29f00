import { VipisoError } from '../core/errors.ts';
import { stringToBytes } from './byte-string.ts';
import { gzipMember, readGzipMembers } from './gzip-members.ts';
import type { GzipMember } from './gzip-members.ts';
import type { KeySet, PackageRecord, SigningKey } from './model.ts';
import { PackageIndex } from './package-index.ts';
import {
  checkSignatures,
  isSignatureMember,
  readSignatures,
  signatureError,
  signatureMember,
} from './signature.ts';
import { readTar } from './tar-reader.ts';
import { writeTar } from './tar-writer.ts';

/** An APKINDEX.tar.gz that was read and found to be what a trusted key signed. */
export interface IndexArchive {
  /** Free text of the repository: a release for Alpine's own, the tag for an image's. */
  readonly description: string;
  /** Name of the key that signed it; `undefined` only where an untrusted index was asked for. */
  readonly signer: string | undefined;
  readonly records: PackageIndex;
}

/** Whom to believe; `allow-untrusted` is for a caller that says so loudly and records it. */
export type Trust = KeySet | 'allow-untrusted';

const WHAT = 'The package index';
const LIMITS = { maxContent: 512 * 1024 * 1024, code: 'malformed-index', what: WHAT } as const;

/**
 * Reads an APKINDEX.tar.gz: a signature member and one member with `DESCRIPTION` and `APKINDEX`. The
 * signature is checked before anything behind it is inflated.
 *
 * @throws VipisoError `signature-untrusted` (no signature by a known key), `signature-invalid` (the bytes are
 * not what the key signed) or `malformed-index`.
 */
export function readIndexArchive(bytes: Buffer, trust: Trust): IndexArchive {
  const { description, text, signer } = openIndexArchive(bytes, trust);
  return { description, signer, records: PackageIndex.fromText(text) };
}

/** The verified text of an index archive, for callers that have its parsed form cached by digest. */
export function openIndexArchive(
  bytes: Buffer,
  trust: Trust,
): { readonly description: string; readonly text: Buffer; readonly signer: string | undefined } {
  const members = readGzipMembers(bytes, LIMITS);
  const [first] = members;
  const signed = first !== undefined && isSignatureMember(first);
  const content = members[signed ? 1 : 0];
  if (content === undefined || members.length !== (signed ? 2 : 1)) {
    throw new VipisoError(
      'malformed-index',
      `${WHAT} has ${members.length} gzip members where a signature and one archive are expected.`,
    );
  }
  const signer =
    trust === 'allow-untrusted'
      ? undefined
      : verifiedSigner(signed ? first : undefined, content, trust);
  return { ...readContent(content.content), signer };
}

function verifiedSigner(
  signature: GzipMember | undefined,
  content: GzipMember,
  keys: KeySet,
): string {
  const signatures = signature === undefined ? [] : readSignatures(signature, LIMITS);
  const check = checkSignatures(signatures, content.compressed, keys);
  if (check.status !== 'ok') throw signatureError(check, WHAT);
  return check.keyName;
}

function readContent(tar: Buffer): { description: string; text: Buffer } {
  const entries = [...readTar(tar, LIMITS)];
  const file = (name: string): Buffer | undefined =>
    entries.find((entry) => entry.path === name && entry.type === 'file')?.content;
  const text = file('APKINDEX');
  if (text === undefined) {
    throw new VipisoError('malformed-index', `${WHAT} archive holds no file APKINDEX.`);
  }
  return { description: file('DESCRIPTION')?.toString('utf8') ?? '', text };
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
  const text = stringToBytes(PackageIndex.fromRecords(records).text);
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
