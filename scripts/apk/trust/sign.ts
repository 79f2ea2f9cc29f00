import { createPrivateKey, sign, verify } from 'node:crypto';
import type { SigningKey } from '../model.ts';

/**
 * RSA PKCS #1 v1.5 over SHA-1, of an index or a modloop: what every apk-tools and OpenRC's modloop service check. It has no
 * random part, so that a signature that was made before of these bytes is the one that would be made.
 */
export function rsaSignature(content: Buffer, { privateKeyPem, made }: SigningKey): Buffer {
  const found = made?.signatures.find((it) => verify('sha1', content, made.publicKeyPem, it));
  return found ?? sign('sha1', content, createPrivateKey(privateKeyPem));
}
