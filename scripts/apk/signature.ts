import { createPrivateKey, sign, verify } from 'node:crypto';
import { VipisoError } from '../core/errors.ts';
import { gzipMember, hasSpareBits } from './gzip-members.ts';
import type { GzipMember } from './gzip-members.ts';
import type { KeySet, SigningKey } from './model.ts';
import { readTar } from './tar-reader.ts';
import type { TarContext, TarEntry } from './tar-reader.ts';
import { writeTar } from './tar-writer.ts';

/** What a look at a file's signatures found; only `ok` means that a trusted key vouches for the bytes. */
export type SignatureCheck =
  | { readonly status: 'ok'; readonly keyName: string }
  | { readonly status: 'bad'; readonly keyName: string }
  | { readonly status: 'unknown-key'; readonly keyNames: readonly string[] }
  | { readonly status: 'unsigned' };

/** One signature of a signature member: RSA PKCS#1 v1.5 with the digest that its file name tells. */
export interface Signature {
  readonly keyName: string;
  readonly digest: 'sha1' | 'sha256' | 'sha512';
  readonly bytes: Buffer;
}

const SIGNATURE_NAME = /^\.SIGN\.(RSA|RSA256|RSA512)\.([^/]+)$/;
const DIGESTS = { RSA: 'sha1', RSA256: 'sha256', RSA512: 'sha512' } as const;
const MAX_SIGNATURE_BYTES = 2048;

/** Whether a file's first gzip member is a signature member: its tar starts with a `.SIGN.` entry. */
export function isSignatureMember(member: GzipMember): boolean {
  return member.content.toString('latin1', 0, 6) === '.SIGN.';
}

/**
 * No hash covers a signature member, so it is looked at more closely than others. Two things may still change in it
 * without a trace, for those who sign differ in them: the header's hint at the compression level (2 from `gzip -9`, as
 * Alpine signs; 0 from Go's and from others at their default level), and from which of several equal places a deflate
 * stream copies. Neither changes what is read; the SHA-256 of a lock covers them from then on.
 *
 * @throws VipisoError with `context.code` when the member is no sound archive of signatures alone.
 */
export function readSignatures(member: GzipMember, context: TarContext): Signature[] {
  if (hasSpareBits(member)) {
    throw new VipisoError(
      context.code,
      `${context.what} cannot be read: its signature has bits set where every encoder leaves zeros.`,
    );
  }
  return [...readTar(member.content, context)].map((entry) => signatureOf(entry, context));
}

function signatureOf(entry: TarEntry, context: TarContext): Signature {
  const [, kind, keyName] = SIGNATURE_NAME.exec(entry.path) ?? [];
  const sound = entry.type === 'file' && entry.content.length <= MAX_SIGNATURE_BYTES;
  if (keyName === undefined || !sound) {
    throw new VipisoError(
      context.code,
      `${context.what} holds “${entry.path}” where only signatures may stand.`,
    );
  }
  return { keyName, digest: DIGESTS[kind as keyof typeof DIGESTS], bytes: entry.content };
}

/** Checks the first signature whose key is trusted, over the very bytes that were signed. */
export function checkSignatures(
  signatures: readonly Signature[],
  signed: Buffer,
  keys: KeySet,
): SignatureCheck {
  for (const { keyName, digest, bytes } of signatures) {
    const pem = keys.get(keyName);
    if (pem === undefined) continue;
    return { status: verify(digest, signed, pem, bytes) ? 'ok' : 'bad', keyName };
  }
  return signatures.length === 0
    ? { status: 'unsigned' }
    : { status: 'unknown-key', keyNames: signatures.map(({ keyName }) => keyName) };
}

/** The error for a signature check that did not end well; `what` is the subject of its sentence. */
export function signatureError(
  check: Exclude<SignatureCheck, { readonly status: 'ok' }>,
  what: string,
): VipisoError {
  switch (check.status) {
    case 'bad':
      return new VipisoError(
        'signature-invalid',
        `${what} is not what the key ${check.keyName} signed: it was changed or damaged.`,
        { hint: 'Fetch it again, from another mirror if that does not help.' },
      );
    case 'unknown-key':
      return new VipisoError(
        'signature-untrusted',
        `${what} is signed by ${check.keyNames.join(', ')}, which is not among the trusted keys.`,
        { hint: 'If you trust its owner, put that public key into the folder given by --keys.' },
      );
    case 'unsigned':
      return new VipisoError('signature-untrusted', `${what} carries no signature.`, {
        hint: 'Use a repository whose index is signed, for example by abuild-sign.',
      });
  }
}

/**
 * The gzip member that goes in front of `content` to sign it, as `abuild-sign` makes it: SHA-1, which every
 * apk-tools accepts, under the public key's name.
 *
 * @param mtime Unix seconds for the tar header.
 */
export function signatureMember(content: Buffer, key: SigningKey, mtime: number): Buffer {
  const bytes = sign('sha1', content, createPrivateKey(key.privateKeyPem));
  const path = `.SIGN.RSA.${key.name}`;
  const tar = writeTar([{ path, type: 'file', mode: 0o644, mtime, content: bytes }], {
    endMark: false,
  });
  return gzipMember(tar);
}
