import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { blobOf, curveOf, publicKeyOf } from './public-key.ts';
import { WireError, WireReader } from './wire.ts';

/** A host key that sshd can use, or why it cannot. */
export type HostKeyResult =
  | { readonly ok: true; readonly publicBlob: Buffer; readonly rsaBits: number | undefined }
  | { readonly ok: false; readonly reason: string; readonly hint: string };

const MAGIC = Buffer.from('openssh-key-v1\0');
const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----';
const END = '-----END OPENSSH PRIVATE KEY-----';
const NEW_KEY = 'Make one with: vipiso key new --ssh-host';
const PROBE = Buffer.from('vipiso');

/**
 * Reads a private key as sshd does: OpenSSH's own format (PROTOCOL.key of OpenSSH) or PEM. It is valid when the private
 * part signs what the public part verifies.
 */
export function readHostKey(text: string): HostKeyResult {
  const bad = (reason: string, hint = NEW_KEY): HostKeyResult => ({ ok: false, reason, hint });
  if (/^(ssh-|ecdsa-)/.test(text.trim()))
    return bad('it is a public key', 'Name the file without .pub.');
  if (!text.includes('-----BEGIN ')) return bad('it is not a private key');
  try {
    if (text.includes('BEGIN OPENSSH PRIVATE KEY')) return readOpenssh(text, bad);
    if (/BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type:.*ENCRYPTED/m.test(text))
      return bad(PASSPHRASE, WITHOUT_PASSPHRASE);
    return sound(createPrivateKey(text), undefined, bad);
  } catch (error) {
    return bad(error instanceof WireError ? error.message : 'it cannot be decoded');
  }
}

type Bad = (reason: string, hint?: string) => HostKeyResult;

const PASSPHRASE = 'it has a passphrase, which nobody can type when sshd starts';
const WITHOUT_PASSPHRASE = 'Take it away with: ssh-keygen -p -f FILE';

function readOpenssh(text: string, bad: Bad): HostKeyResult {
  const start = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (start < 0 || end < start) return bad('it is cut off: its last line is missing');
  const data = Buffer.from(text.slice(start + BEGIN.length, end).replace(/\s/g, ''), 'base64');
  const outer = new WireReader(data);
  if (!outer.take(MAGIC.length).equals(MAGIC)) return bad('it cannot be decoded');
  const cipher = outer.text();
  outer.bytes();
  outer.bytes();
  if (cipher !== 'none') return bad(PASSPHRASE, WITHOUT_PASSPHRASE);
  if (outer.uint32() !== 1) return bad('it does not hold exactly one key');
  const publicBlob = outer.bytes();
  const inner = new WireReader(outer.bytes());
  if (inner.uint32() !== inner.uint32()) return bad('it cannot be decoded');
  return sound(privatePart(inner), publicBlob, bad);
}

/** Members of the private key, which repeat those of the public one: PROTOCOL.agent of OpenSSH has their order. */
function privatePart(from: WireReader): KeyObject {
  const type = from.text();
  if (type === 'ssh-ed25519') {
    const x = from.bytes().toString('base64url');
    const seed = from.bytes().subarray(0, 32).toString('base64url');
    return createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x, d: seed }, format: 'jwk' });
  }
  if (type === 'ssh-rsa') return rsaPart(from);
  if (type.startsWith('ecdsa-sha2-')) {
    const curve = curveOf(from.text());
    const point = from.bytes();
    const d = from.natural();
    const padded = Buffer.concat([Buffer.alloc(Math.max(0, curve.bytes - d.length)), d]);
    const coordinate = (at: number) =>
      point.subarray(1 + at * curve.bytes, 1 + (at + 1) * curve.bytes).toString('base64url');
    return createPrivateKey({
      key: {
        ...{ kty: 'EC', crv: curve.jwk, d: padded.toString('base64url') },
        ...{ x: coordinate(0), y: coordinate(1) },
      },
      format: 'jwk',
    });
  }
  throw new WireError(`sshd's host keys are ed25519, rsa or ecdsa, and this is ${type}`);
}

function rsaPart(from: WireReader): KeyObject {
  const [n, e, d, qi, p, q] = Array.from({ length: 6 }, () => from.natural());
  const modulo = (prime: Buffer | undefined): string => {
    const value = numberOf(d) % (numberOf(prime) - 1n);
    const hex = value.toString(16);
    return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString(
      'base64url',
    );
  };
  const text = (part: Buffer | undefined): string => part?.toString('base64url') ?? '';
  return createPrivateKey({
    key: {
      ...{ kty: 'RSA', n: text(n), e: text(e), d: text(d), p: text(p), q: text(q) },
      ...{ dp: modulo(p), dq: modulo(q), qi: text(qi) },
    },
    format: 'jwk',
  });
}

function numberOf(bytes: Buffer | undefined): bigint {
  return BigInt(`0x${bytes?.toString('hex') ?? '0'}`);
}

function sound(key: KeyObject, written: Buffer | undefined, bad: Bad): HostKeyResult {
  const publicBlob = written ?? blobOf(createPublicKey(key));
  const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  if (!verify(digest, PROBE, publicKeyOf(publicBlob).key, sign(digest, PROBE, key)))
    return bad('its private part does not belong to its public part');
  return { ok: true, publicBlob, rsaBits: key.asymmetricKeyDetails?.modulusLength };
}
