import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../../../scripts/cluster/ssh/certificate.ts';
import { opensshKeyFiles } from '../../../../scripts/cluster/ssh/new-key.ts';
import { readHostKey } from '../../../../scripts/cluster/ssh/private-key.ts';
import { fingerprintOf, publicLine } from '../../../../scripts/cluster/ssh/public-key.ts';
import { hostCertificate, hostKey } from '../../../support/ssh-keys.ts';

const KEY = hostKey(1);

function reasonOf(text: string): string {
  const read = readHostKey(text);
  return read.ok ? 'ok' : read.reason;
}

describe('a host key', () => {
  test('in the format of OpenSSH', () => {
    const read = readHostKey(KEY.privateText);
    expect(read).toMatchObject({ ok: true, publicBlob: KEY.publicBlob });
    expect(publicLine(KEY.publicBlob)).toBe(KEY.publicText.split(' ').slice(0, 2).join(' '));
    // By ssh-keygen -l of OpenSSH 9.2.
    expect(fingerprintOf(KEY.publicBlob)).toBe(
      'SHA256:fe85JkIjo8VPe+XqXJGH5Mau1EMFdK1OdKvJUFicyA8',
    );
  });

  test('with the line endings of another system', () => {
    expect(reasonOf(KEY.privateText.replaceAll('\n', '\r\n'))).toBe('ok');
  });

  test.each([
    ['rsa', { modulusLength: 2048 }],
    ['ec', { namedCurve: 'P-384' }],
  ] as const)('in PEM: %s', (kind, options) => {
    const { privateKey } =
      kind === 'rsa'
        ? generateKeyPairSync('rsa', options as { modulusLength: number })
        : generateKeyPairSync('ec', options as { namedCurve: string });
    const plain = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const locked = privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString();
    expect(reasonOf(plain)).toBe('ok');
    expect(reasonOf(locked)).toMatch('it has a passphrase');
  });

  test('whose parts are of two keys', () => {
    const other = hostKey(2).publicBlob.subarray(-32);
    const own = KEY.publicBlob.subarray(-32);
    const data = Buffer.from(KEY.privateText.replace(/-----.*-----|\n/g, ''), 'base64');
    // The first place is the public key in front, which is what clients would be shown.
    other.copy(data, data.indexOf(own));
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${data.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
    expect(reasonOf(text)).toBe('its private part does not belong to its public part');
  });

  test('of any seed and comment is read back', () => {
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seeds, fc.stringMatching(/^[a-z0-9@-]{0,40}$/), (seed, comment) => {
        const head = Buffer.from('302e020100300506032b657004220420', 'hex');
        const der = Buffer.concat([head, seed]);
        const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
        const files = opensshKeyFiles(key, comment, 7);
        expect(reasonOf(files.privateText)).toBe('ok');
      }),
      { numRuns: 50 },
    );
  });

  test('that is spoilt anywhere is never an exception', () => {
    fc.assert(
      fc.property(fc.nat(KEY.privateText.length - 1), fc.string({ maxLength: 3 }), (at, part) => {
        const text = KEY.privateText.slice(0, at) + part + KEY.privateText.slice(at + 2);
        expect(typeof reasonOf(text)).toBe('string');
      }),
    );
  });
});

describe('a certificate', () => {
  const CERTIFICATE = hostCertificate(1, { principals: ['lb-1'] });

  test('is read', () => {
    expect(readCertificate(CERTIFICATE)).toMatchObject({
      ok: true,
      certificate: { use: 'host', keyId: 'key-1', principals: ['lb-1'] },
    });
  });

  test('that is spoilt anywhere is never taken for a good one', () => {
    const [type, data = ''] = CERTIFICATE.split(' ');
    const bytes = Buffer.from(data, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const spoilt = Buffer.from(bytes);
        spoilt[at] = (spoilt[at] ?? 0) ^ change;
        expect(readCertificate(`${type} ${spoilt.toString('base64')}`).ok).toBe(false);
      }),
    );
  });
});
