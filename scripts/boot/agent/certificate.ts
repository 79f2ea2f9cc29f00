import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/** A key and its self-signed certificate, both PEM. */
export interface Identity {
  readonly key: string;
  readonly certificate: string;
}

const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, sequence: 0x30, set: 0x31 };
const UTF8 = 0x0c;
const UTC_TIME = 0x17;
/** Context-specific tags of SubjectAltName (RFC 5280, section 4.2.1.6) and of the certificate's body. */
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
const EXPLICIT_0 = 0xa0;
const EXPLICIT_3 = 0xa3;

/** Object identifiers, already in DER. */
const OID = {
  ecdsaWithSha256: Buffer.from('06082a8648ce3d040302', 'hex'),
  commonName: Buffer.from('0603550403', 'hex'),
  subjectAltName: Buffer.from('0603551d11', 'hex'),
  basicConstraints: Buffer.from('0603551d13', 'hex'),
};

/**
 * A self-signed P-256 certificate for the fake API servers, valid from 2000 to 2049 whatever the machine's clock
 * says: clients of the LAN check it, so an answer proves that TLS went through the proxy untouched.
 *
 * @param names DNS names and IP addresses
 */
export function selfSignedIdentity(names: readonly string[]): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(TAG.sequence, OID.ecdsaWithSha256);
  const name = distinguishedName('vipiso fake API server');
  const body = der(
    TAG.sequence,
    der(EXPLICIT_0, der(TAG.integer, Buffer.of(2))),
    der(TAG.integer, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    name,
    der(TAG.sequence, utcTime('000101000000Z'), utcTime('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXPLICIT_3, der(TAG.sequence, basicConstraints(), alternativeNames(names))),
  );
  const signature = sign('sha256', body, privateKey);
  const whole = der(
    TAG.sequence,
    body,
    algorithm,
    der(TAG.bits, Buffer.concat([Buffer.of(0), signature])),
  );
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: pem(whole),
  };
}

function distinguishedName(commonName: string): Buffer {
  const attribute = der(TAG.sequence, OID.commonName, der(UTF8, Buffer.from(commonName)));
  return der(TAG.sequence, der(TAG.set, attribute));
}

function utcTime(text: string): Buffer {
  return der(UTC_TIME, Buffer.from(text, 'ascii'));
}

/** `CA:TRUE`: the certificate is its own issuer, and clients name it as their CA. */
function basicConstraints(): Buffer {
  const value = der(TAG.sequence, der(TAG.boolean, Buffer.of(0xff)));
  return der(TAG.sequence, OID.basicConstraints, der(TAG.octets, value));
}

function alternativeNames(names: readonly string[]): Buffer {
  const entries = names.map((name) =>
    ipaddr.isValid(name)
      ? der(IP_ADDRESS, Buffer.from(ipaddr.parse(name).toByteArray()))
      : der(DNS_NAME, Buffer.from(name, 'ascii')),
  );
  return der(TAG.sequence, OID.subjectAltName, der(TAG.octets, der(TAG.sequence, ...entries)));
}

/** Tag, length, value: X.690, section 8.1. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), derLength(value.length), value]);
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  if (length < 0x100) return Buffer.of(0x81, length);
  return Buffer.of(0x82, length >> 8, length & 0xff);
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
