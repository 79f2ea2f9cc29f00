import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { generateKeyPair } from '../../../../scripts/apk/trust/keys.ts';
import { siteKey } from '../../../../scripts/packages/trust/site-key.ts';
import { testHost } from '../../../support/host/test-host.ts';

const pair = generateKeyPair('site', 2048);

describe('the key of a site', () => {
  test('may be another that is named; its public half is called after it', async () => {
    const host = testHost();
    const file = path.join(host.folder, 'ours.rsa');
    writeFileSync(file, pair.signing.privateKeyPem);
    const key = await siteKey(host, file);
    expect(key.signing.name).toBe('ours.rsa.pub');
    expect(createPublicKey(key.publicKeyPem).equals(createPublicKey(pair.publicKey.pem))).toBe(
      true,
    );
    expect(host.events).toEqual([]);
  });

  test.each([
    ['there is no file', undefined, 'ours.rsa', 'not-found'],
    ['the file is not a key', 'not a key', 'ours.rsa', 'usage'],
    ['apk would not take its name', pair.signing.privateKeyPem, 'ours.pem', 'usage'],
  ])('is refused when %s', async (_what, text, name, code) => {
    const host = testHost();
    await mkdir(host.folder, { recursive: true });
    const file = path.join(host.folder, name);
    if (text !== undefined) writeFileSync(file, text);
    await expect(siteKey(host, file)).rejects.toMatchObject({ code });
  });
});
