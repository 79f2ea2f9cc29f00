import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { opensshKeyFiles } from '../../scripts/cluster/ssh/new-key.ts';
import type { KeyFiles } from '../../scripts/cluster/ssh/new-key.ts';
import { blobOf } from '../../scripts/cluster/ssh/public-key.ts';
import { wireString, wireUint32 } from '../../scripts/cluster/ssh/wire.ts';

/** PKCS #8 of an Ed25519 key, up to its 32 bytes: RFC 8410, section 7. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key pair number so and so: of nobody, and the same each time. */
function keyPair(number: number): KeyObject {
  const key = Buffer.concat([PKCS8_HEAD, Buffer.alloc(32, number)]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

export function hostKey(number: number): KeyFiles {
  return opensshKeyFiles(keyPair(number), `root@lb-${number}`, 1);
}

interface CertificateWish {
  readonly use?: number;
  readonly principals?: readonly string[];
  readonly after?: bigint;
  readonly before?: bigint;
  /** Spoils the signature. */
  readonly forged?: boolean;
}

const FOR_EVER = 0xffff_ffff_ffff_ffffn;

/** A certificate (PROTOCOL.certkeys of OpenSSH) for the key of this number, by an authority of nobody. */
export function hostCertificate(number: number, options: CertificateWish = {}): string {
  const { use = 2, principals = [], after = 0n, before = FOR_EVER, forged = false } = options;
  const type = 'ssh-ed25519-cert-v01@openssh.com';
  const authority = keyPair(200);
  const own = blobOf(createPublicKey(keyPair(number)));
  const signed = Buffer.concat([
    ...[wireString(type), wireString('nonce'), own.subarray(wireString('ssh-ed25519').length)],
    ...[uint64(7n), wireUint32(use), wireString(`key-${number}`)],
    wireString(Buffer.concat(principals.map((name) => wireString(name)))),
    ...[uint64(after), uint64(before), wireString(''), wireString(''), wireString('')],
    wireString(blobOf(createPublicKey(authority))),
  ]);
  const bytes = sign(null, signed, authority);
  if (forged) bytes[0] = (bytes[0] ?? 0) ^ 1;
  const signature = Buffer.concat([wireString('ssh-ed25519'), wireString(bytes)]);
  const blob = Buffer.concat([signed, wireString(signature)]);
  return `${type} ${blob.toString('base64')} lb-${number}\n`;
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
