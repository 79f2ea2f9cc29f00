import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readIndexArchive } from '../../../scripts/apk/index/index-archive.ts';
import { keySetOf } from '../../../scripts/apk/trust/keys.ts';
import { sha256 } from '../../../scripts/core/digest.ts';
import { fetchLocked } from '../../../scripts/packages/fetch-locked.ts';
import { lockCluster } from '../../../scripts/packages/lock/make-lock.ts';
import { writeMirror } from '../../../scripts/packages/mirror.ts';
import type { Mirror } from '../../../scripts/packages/mirror.ts';
import { siteKey } from '../../../scripts/packages/trust/site-key.ts';
import { writeKeysFolder, writeRepository } from '../../support/apk/alpine-repository.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { testSources } from '../../support/apk/package-sources.ts';
import { alpineModel } from '../../support/cluster/cluster-models.ts';
import { testHost } from '../../support/host/test-host.ts';
import type { TestHost } from '../../support/host/test-host.ts';
import { folder as serveFolder, serve } from '../../support/http/http-server.ts';

const keys = testKeyPair();
const site = testKeyPair('site');
const MAIN = [
  { name: 'app', depends: ['lib'], files: [{ path: 'app', content: Buffer.from('app') }] },
  { name: 'unwanted' },
];
const COMMUNITY = [{ name: 'lib', arch: 'noarch' }];

interface Set {
  readonly host: TestHost;
  readonly folder: string;
  readonly write: () => Promise<Mirror>;
}

/** Locks `app` from two repositories; `write` makes the mirror. */
async function setUp(): Promise<Set> {
  const host = testHost();
  const place = (name: string): string => path.join(host.folder, 'repo', name);
  writeRepository(place('main'), MAIN, keys);
  writeRepository(place('community'), COMMUNITY, keys);
  const repositories = ['main', 'community'].map((name) => ({
    name,
    tag: undefined,
    bases: [place(name)],
  }));
  const keysFolder = writeKeysFolder(path.join(host.folder, 'keys'), keys);
  const sources = testSources(host, alpineModel(repositories, { keysFolder }));
  const { lock } = await lockCluster(sources, {
    lockFile: path.join(host.folder, 'vipiso.lock.json'),
    requests: { image: ['app'] },
  });
  const keyFile = path.join(host.folder, site.signing.name.replace('.pub', ''));
  writeFileSync(keyFile, site.signing.privateKeyPem);
  const folder = path.join(host.folder, 'mirror');
  const write = async (): Promise<Mirror> => {
    const find = await fetchLocked(sources, lock);
    return await writeMirror(host, { lock, find, siteKey: await siteKey(host, keyFile), folder });
  };
  return { host, folder, write };
}

function filesOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(path.join(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(path.join(folder, name), 'base64')]));
}

test('lies as apk wants it, holds the locked packages alone, and is signed by the site', async () => {
  const { folder, write } = await setUp();
  await write();
  expect([...filesOf(folder).keys()]).toEqual([
    '.vipiso-mirror',
    'community/x86_64/APKINDEX.tar.gz',
    'community/x86_64/lib-1.0-r0.apk',
    `keys/${site.publicKey.name}`,
    'main/x86_64/APKINDEX.tar.gz',
    'main/x86_64/app-1.0-r0.apk',
  ]);
  const index = readFileSync(path.join(folder, 'community/x86_64/APKINDEX.tar.gz'));
  const { records, signer } = readIndexArchive(index, keySetOf([site.publicKey]));
  expect(signer).toBe(site.publicKey.name);
  // apk looks for the file in the folder of the architecture that the index tells.
  expect([...records].map(({ name, arch }) => [name, arch])).toEqual([['lib', 'x86_64']]);
});

test('can be locked from and fetched from in its turn, by HTTP', async () => {
  const { folder, write } = await setUp();
  const mirror = await write();
  const { url } = await serve(serveFolder(folder));
  const host = testHost();
  const repositories = ['main', 'community'].map((name) => ({
    name,
    tag: undefined,
    bases: [`${url}/${name}`],
  }));
  const alpine = alpineModel(repositories, { keysFolder: mirror.keys });
  const { lock } = await lockCluster(testSources(host, alpine, { offline: false }), {
    lockFile: path.join(host.folder, 'vipiso.lock.json'),
    requests: { image: ['app'] },
  });
  expect(lock.packages.map(({ name }) => name)).toEqual(['app', 'lib']);
});

test('has the same bytes each time, and replaces what an earlier run wrote', async () => {
  const { host, folder, write } = await setUp();
  await write();
  const before = filesOf(folder);
  writeFileSync(path.join(folder, 'main/stray'), 'of an older lock');
  await write();
  expect(filesOf(folder)).toEqual(before);
  expect(readdirSync(host.folder).filter((name) => name.startsWith('.vipiso-tmp'))).toEqual([]);
});

test('never replaces a folder of anything else', async () => {
  const { host, write } = await setUp();
  writeRepository(path.join(host.folder, 'mirror'), MAIN, keys);
  await expect(write()).rejects.toMatchObject({ code: 'already-exists' });
});

test('fetches no faster than asked', async () => {
  const host = testHost();
  const packages = [{ name: 'app', files: [{ path: 'app', content: Buffer.alloc(1) }] }];
  // Does not compress.
  const content = Buffer.from(
    Array.from({ length: 600 }, (_, at) => sha256(String(at))).join(''),
    'hex',
  );
  const repository = writeRepository(
    path.join(host.folder, 'repo'),
    [...packages, { name: 'big', files: [{ path: 'big', content }] }],
    keys,
  );
  const { url } = await serve(serveFolder(repository.folder));
  const alpine = alpineModel([{ name: 'main', tag: undefined, bases: [url] }], {
    keysFolder: writeKeysFolder(path.join(host.folder, 'keys'), keys),
  });
  const request = {
    lockFile: path.join(host.folder, 'vipiso.lock.json'),
    requests: { image: ['big'] },
  };
  const rateLimit = 20_000;
  const start = performance.now();
  const { lock } = await lockCluster(
    testSources(host, alpine, { offline: false, rateLimit }),
    request,
  );
  const bytes = lock.packages.reduce((sum, { size }) => sum + size, 0);
  expect(performance.now() - start).toBeGreaterThan((bytes / rateLimit) * 1000);
});
