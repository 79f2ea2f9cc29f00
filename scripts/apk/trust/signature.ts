import { verify } from 'node:crypto';
import { VipisoError } from '../../core/errors.ts';
import type { KeySet } from '../model.ts';

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
