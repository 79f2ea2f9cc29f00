import type { KeyObject } from 'node:crypto';
import { publicLine } from './public-key.ts';
import { wireString, wireUint32 } from './wire.ts';

/** Block size of a key that is not encrypted: PROTOCOL.key of OpenSSH, 3. */
const BLOCK = 8;
const LINE = 70;

/** A key pair as `ssh-keygen -t ed25519` writes it. */
export interface KeyFiles {
  /** Without a passphrase. */
  readonly privateText: string;
  /** One line. */
  readonly publicText: string;
  readonly publicBlob: Buffer;
}

/**
 * Writes an Ed25519 key in OpenSSH's own format (PROTOCOL.key).
 *
 * @param check any number: it is in the file twice, to tell a wrong passphrase
 */
export function opensshKeyFiles(key: KeyObject, comment: string, check: number): KeyFiles {
  const jwk = key.export({ format: 'jwk' });
  const [x, d] = [jwk.x ?? '', jwk.d ?? ''].map((text) => Buffer.from(text, 'base64url'));
  if (x === undefined || d === undefined) throw new TypeError('this is not an Ed25519 key');
  const publicBlob = Buffer.concat([wireString('ssh-ed25519'), wireString(x)]);
  const section = Buffer.concat([
    ...[wireUint32(check), wireUint32(check), publicBlob],
    ...[wireString(Buffer.concat([d, x])), wireString(comment)],
  ]);
  const padding = Array.from(
    { length: (BLOCK - (section.length % BLOCK)) % BLOCK },
    (_, i) => i + 1,
  );
  const whole = Buffer.concat([
    ...[Buffer.from('openssh-key-v1\0'), wireString('none'), wireString('none'), wireString('')],
    ...[wireUint32(1), wireString(publicBlob)],
    wireString(Buffer.concat([section, Buffer.from(padding)])),
  ]);
  const lines = whole.toString('base64').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return {
    privateText: [
      '-----BEGIN OPENSSH PRIVATE KEY-----',
      ...lines,
      '-----END OPENSSH PRIVATE KEY-----',
      '',
    ].join('\n'),
    publicText: `${publicLine(publicBlob)} ${comment}\n`,
    publicBlob,
  };
}
