import { createHash, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { WireError, WireReader, wireNatural, wireString } from './wire.ts';

/** Curves of RFC 5656, section 10.1: SSH's name, JWK's, and the digest that goes with it (section 6.2.1). */
const CURVES = {
  nistp256: { jwk: 'P-256', bytes: 32, digest: 'sha256' },
  nistp384: { jwk: 'P-384', bytes: 48, digest: 'sha384' },
  nistp521: { jwk: 'P-521', bytes: 66, digest: 'sha512' },
} as const;

/**
 * Names of JWK's curves, by SSH's.
 *
 * @throws WireError: a curve that sshd does not know
 */
export function curveOf(name: string): (typeof CURVES)[keyof typeof CURVES] {
  if (Object.hasOwn(CURVES, name)) return CURVES[name as keyof typeof CURVES];
  throw new WireError(`unknown curve ${name}`);
}

/**
 * Reads the members of a public key, behind its type: RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4.
 *
 * @throws WireError: members that are not those of the type
 */
export function readPublicMembers(type: string, from: WireReader): KeyObject {
  const jwk = (key: Record<string, string>) => createPublicKey({ key, format: 'jwk' });
  if (type === 'ssh-ed25519')
    return jwk({ kty: 'OKP', crv: 'Ed25519', x: from.bytes().toString('base64url') });
  if (type === 'ssh-rsa') {
    const e = from.natural().toString('base64url');
    return jwk({ kty: 'RSA', e, n: from.natural().toString('base64url') });
  }
  if (type.startsWith('ecdsa-sha2-')) {
    const curve = curveOf(from.text());
    const point = from.bytes();
    if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes)
      throw new WireError('it is not an uncompressed point of the curve');
    const x = point.subarray(1, 1 + curve.bytes).toString('base64url');
    return jwk({
      kty: 'EC',
      crv: curve.jwk,
      x,
      y: point.subarray(1 + curve.bytes).toString('base64url'),
    });
  }
  throw new WireError(`keys of type ${type} are not used here`);
}

export function publicKeyOf(blob: Buffer): { readonly type: string; readonly key: KeyObject } {
  const from = new WireReader(blob);
  const type = from.text();
  return { type, key: readPublicMembers(type, from) };
}

/**
 * The wire form of a public key, as known_hosts and authorized_keys hold it.
 *
 * @throws WireError: a kind of key that sshd does not take
 */
export function blobOf(key: KeyObject): Buffer {
  const jwk = key.export({ format: 'jwk' });
  const member = (name: 'e' | 'n' | 'x' | 'y') => Buffer.from(jwk[name] ?? '', 'base64url');
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519')
    return Buffer.concat([wireString('ssh-ed25519'), wireString(member('x'))]);
  if (jwk.kty === 'RSA')
    return Buffer.concat([
      wireString('ssh-rsa'),
      wireNatural(member('e')),
      wireNatural(member('n')),
    ]);
  const found = Object.entries(CURVES).find(([, { jwk: crv }]) => crv === jwk.crv);
  if (found === undefined) throw new WireError('sshd takes no key of this kind');
  const [name] = found;
  const point = Buffer.concat([Buffer.of(4), member('x'), member('y')]);
  return Buffer.concat([`ecdsa-sha2-${name}`, name, point].map((it) => wireString(it)));
}

/** `SHA256:...`, as `ssh-keygen -l` and ssh's question show it. */
export function fingerprintOf(blob: Buffer): string {
  const digest = createHash('sha256').update(blob).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

/** `ssh-ed25519 AAAA...`. */
export function publicLine(blob: Buffer): string {
  return `${new WireReader(blob).text()} ${blob.toString('base64')}`;
}

/** Checks a signature in SSH's form (RFC 4253 6.6, RFC 8332 3, RFC 5656 3.1.2) of what another key certifies. */
export function isSignedBy(blob: Buffer, data: Buffer, signature: Buffer): boolean {
  const { key } = publicKeyOf(blob);
  const from = new WireReader(signature);
  const algorithm = from.text();
  const bytes = from.bytes();
  if (algorithm === 'ssh-ed25519') return verify(null, data, key, bytes);
  if (algorithm === 'rsa-sha2-256' || algorithm === 'rsa-sha2-512')
    return verify(algorithm === 'rsa-sha2-256' ? 'sha256' : 'sha512', data, key, bytes);
  if (!algorithm.startsWith('ecdsa-sha2-')) return false;
  const curve = curveOf(algorithm.slice('ecdsa-sha2-'.length));
  const inner = new WireReader(bytes);
  const parts = [inner.natural(), inner.natural()].map((part) =>
    Buffer.concat([Buffer.alloc(Math.max(0, curve.bytes - part.length)), part]),
  );
  return verify(curve.digest, data, { key, dsaEncoding: 'ieee-p1363' }, Buffer.concat(parts));
}
