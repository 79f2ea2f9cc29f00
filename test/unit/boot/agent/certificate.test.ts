import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { selfSignedIdentity } from '../../../../scripts/boot/agent/certificate.ts';

test('the certificate is valid for all its names, signed by itself, and fits the key', () => {
  const { key, certificate } = selfSignedIdentity(['192.168.9.139', 'fd00::139', 'api.example']);
  const read = new X509Certificate(certificate);
  expect(read.checkIP('192.168.9.139')).toBe('192.168.9.139');
  expect(read.checkIP('fd00::139')).toBeDefined();
  expect(read.checkHost('api.example')).toBe('api.example');
  expect(read.checkIP('192.168.9.140')).toBeUndefined();
  expect(read.ca).toBe(true);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
});

test('it is valid whatever the clock of a lab machine says, and long name lists fit', () => {
  const names = Array.from({ length: 200 }, (_, i) => `10.0.0.${i}`);
  const read = new X509Certificate(selfSignedIdentity(names).certificate);
  expect(new Date(read.validFrom).getUTCFullYear()).toBe(2000);
  expect(new Date(read.validTo).getUTCFullYear()).toBe(2049);
  expect(read.checkIP('10.0.0.199')).toBe('10.0.0.199');
});
