import { sign, verify } from 'node:crypto';
import { keyFingerprint } from '../../apk/trust/keys.ts';
import type { Sha256 } from '../../core/digest.ts';

/**
 * Signs the text of SHA256SUMS: RSA, PKCS #1 v1.5, SHA-256, raw bytes. It is the scheme that every openssl since 0.9.8
 * checks with `openssl dgst -sha256 -verify`, and it has no random part: the same release, the same bytes.
 */
export function signChecksums(text: string, privateKeyPem: string): Buffer {
  return sign('sha256', Buffer.from(text), privateKeyPem);
}

/** A public key that a reader trusts. */
export interface TrustedKey {
  /** `vipiso-1a2b3c4d.rsa.pub`. */
  readonly name: string;
  readonly pem: string;
}

export interface SignedBy extends TrustedKey {
  readonly fingerprint: Sha256;
}

/** The first of the trusted keys that made the signature. */
export function signerOf(
  text: string | Buffer,
  signature: Buffer,
  trusted: readonly TrustedKey[],
): SignedBy | undefined {
  const signer = trusted.find(({ pem }) => verify('sha256', Buffer.from(text), pem, signature));
  return signer && { ...signer, fingerprint: keyFingerprint(signer.pem) };
}
