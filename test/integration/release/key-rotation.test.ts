import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { generateKeyPair } from '../../../scripts/apk/trust/keys.ts';
import { siteKey } from '../../../scripts/packages/trust/site-key.ts';
import { siteKeys } from '../../../scripts/workflows/key/list.ts';
import { endKey, rotateKey } from '../../../scripts/workflows/key/rotate.ts';
import { testHost } from '../../support/host/test-host.ts';

function hostWithKey() {
  const host = testHost();
  const { signing } = generateKeyPair('vipiso', 2048);
  const folder = path.join(host.dataFolder, 'keys');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, signing.name.replace(/\.pub$/, ''));
  writeFileSync(file, signing.privateKeyPem, { mode: 0o600 });
  return { host, folder, first: signing.name };
}

test('a rotated key signs from then on; the old one is accepted until it is dropped', async () => {
  const { host, first } = hostWithKey();
  expect(await siteKeys(host)).toMatchObject([{ name: first, state: 'signs' }]);
  const { made } = await rotateKey(host);
  const second = path.basename(made.publicFile);
  expect((await siteKeys(host)).map(({ name, state }) => [name, state])).toEqual([
    [second, 'signs'],
    [first, 'accepted'],
  ]);
  expect((await siteKey(host)).signing.name).toBe(second);
  await expect(endKey(host, second)).rejects.toMatchObject({ code: 'usage' });
  expect((await endKey(host, first)).name).toBe(first);
  expect(await siteKeys(host)).toMatchObject([{ name: second, state: 'signs' }]);
  await expect(endKey(host, first)).rejects.toMatchObject({ code: 'not-found' });
});

test('a rotation that was cut off before its last step leaves the old key signing', async () => {
  const { host, folder, first } = hostWithKey();
  writeFileSync(path.join(folder, 'current'), `${first.replace(/\.pub$/, '')}\n`);
  const { signing } = generateKeyPair('vipiso', 2048);
  const { name } = signing;
  writeFileSync(path.join(folder, name.replace(/\.pub$/, '')), signing.privateKeyPem);
  expect((await siteKey(host)).signing.name).toBe(first);
});

test('public keys of other sites are accepted and sign nothing; without a key there is none to rotate', async () => {
  const { host, folder } = hostWithKey();
  const other = generateKeyPair('elsewhere', 2048).publicKey;
  writeFileSync(path.join(folder, other.name), other.pem);
  const keys = await siteKeys(host);
  expect(keys.find(({ name }) => name === other.name)).toMatchObject({
    state: 'accepted',
    privateFile: undefined,
  });
  const empty = { ...testHost(), dataFolder: path.join(host.folder, 'none') };
  await expect(rotateKey(empty)).rejects.toMatchObject({ code: 'not-found' });
});
