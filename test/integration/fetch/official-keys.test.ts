import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { officialKeyNames } from '../../../scripts/apk/trust/known-fingerprints.ts';
import { officialKeys } from '../../../scripts/packages/trust/official-keys.ts';
import { writeRepository } from '../../support/apk/alpine-repository.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { testSources } from '../../support/apk/package-sources.ts';
import { alpineModel } from '../../support/cluster/cluster-models.ts';
import { testHost } from '../../support/host/test-host.ts';
import type { TestHost } from '../../support/host/test-host.ts';

/** Alpine's public keys lie beside some checkouts as test data; they are not part of this repository. */
const KEYS = path.resolve(import.meta.dirname, '../../../../shared/keys');
const FOLDER = 'usr/share/apk/keys/x86_64';

async function search(host: TestHost, base: string): Promise<readonly string[]> {
  const repositories = [{ name: 'main', tag: undefined, bases: [base] }];
  const keys = await officialKeys(testSources(host, alpineModel(repositories)));
  return [...keys.keys()];
}

describe.skipIf(!existsSync(KEYS))('with the real key files', () => {
  const files = existsSync(KEYS)
    ? readdirSync(KEYS)
        .filter((name) => name.endsWith('.pub'))
        .map((name) => ({
          path: `${FOLDER}/${name}`,
          content: readFileSync(path.join(KEYS, name)),
        }))
    : [];

  test('the official keys of the architecture are taken from an unverified package, and only they', async () => {
    const host = testHost();
    const stranger = testKeyPair();
    const impostor = {
      path: `${FOLDER}/${stranger.publicKey.name}`,
      content: Buffer.from(stranger.publicKey.pem),
    };
    const folder = path.join(host.folder, 'repo');
    writeRepository(folder, [{ name: 'alpine-keys', files: [...files, impostor] }], stranger);
    expect(await search(host, folder)).toEqual(officialKeyNames('x86_64'));
    expect(await search(host, '/gone')).toEqual(officialKeyNames('x86_64'));
  });
});

test('a key under an official name that is not the official one is refused', async () => {
  const host = testHost();
  const stranger = testKeyPair();
  const [name] = officialKeyNames('x86_64');
  const files = [
    { path: `${FOLDER}/${name ?? ''}`, content: Buffer.from(stranger.publicKey.pem) },
    { path: `${FOLDER}/garbage.rsa.pub`, content: Buffer.from('<html>') },
  ];
  const folder = path.join(host.folder, 'repo');
  writeRepository(folder, [{ name: 'alpine-keys', files }], stranger);
  await expect(search(host, folder)).rejects.toMatchObject({ code: 'signature-untrusted' });
});
