import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyFingerprint, keySetOf } from '../../../../scripts/apk/trust/keys.ts';
import {
  isOfficialKey,
  officialKeyNames,
} from '../../../../scripts/apk/trust/known-fingerprints.ts';
import { testKeyPair } from '../../../support/apk/apk-builder.ts';

const pair = testKeyPair('site');
const KEYS = path.resolve(import.meta.dirname, '../../../fixtures/keys');

describe('keySetOf', () => {
  it('refuses names that no signature carries and files that hold no key', () => {
    const { publicKey } = pair;
    expect(() => keySetOf([{ ...publicKey, name: '../x.rsa.pub' }])).toThrow(/not the name/);
    expect(() => keySetOf([{ ...publicKey, pem: 'no key' }])).toThrow(/no public key/);
  });

  it('refuses keys that are too short to trust', () => {
    const { publicKey } = pair;
    const short = `-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf
9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ==
-----END PUBLIC KEY-----
`;
    expect(() => keySetOf([{ ...publicKey, pem: short }])).toThrow(/2048 bits or more/);
  });
});

describe('generateKeyPair', () => {
  it('names the key after its fingerprint', () => {
    const { publicKey, signing } = pair;
    expect(signing.name).toBe(publicKey.name);
    expect(publicKey.name).toBe(`site-${keyFingerprint(publicKey.pem).slice(0, 8)}.rsa.pub`);
  });
});

describe('isOfficialKey', () => {
  it('goes by fingerprint, not by name', () => {
    const [name = ''] = officialKeyNames('x86_64');
    expect(isOfficialKey({ name, pem: pair.publicKey.pem }, 'x86_64')).toBe(false);
  });

  it('knows Alpine’s own key files, each for its architecture', () => {
    const files = readdirSync(KEYS)
      .filter((name) => name.endsWith('.rsa.pub'))
      .map((name) => ({ name, pem: readFileSync(path.join(KEYS, name), 'utf8') }));
    for (const arch of ['x86_64', 'aarch64']) {
      const official = files.filter((file) => isOfficialKey(file, arch)).map((file) => file.name);
      expect(official.sort()).toEqual([...officialKeyNames(arch)].sort());
    }
    expect(keySetOf(files).size).toBe(5);
  });
});
