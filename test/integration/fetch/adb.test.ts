import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { solveRequest } from '../../../scripts/workflows/solve.ts';
import { writeKeysFolder, writeRepository } from '../../support/apk/alpine-repository.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { testHost } from '../../support/host/test-host.ts';
import type { TestHost } from '../../support/host/test-host.ts';
import { folder as serveFolder, serve } from '../../support/http/http-server.ts';

const keys = testKeyPair();
const ADB = Buffer.concat([Buffer.from('ADBd'), Buffer.alloc(64)]);

/** A repository's folder that holds these files below the architecture's. */
function repositoryOf(
  host: TestHost,
  name: string,
  files: Readonly<Record<string, Buffer>>,
): string {
  const folder = path.join(host.folder, name);
  mkdirSync(path.join(folder, 'x86_64'), { recursive: true });
  for (const [file, bytes] of Object.entries(files)) {
    writeFileSync(path.join(folder, 'x86_64', file), bytes);
  }
  return folder;
}

async function solved(host: TestHost, ...bases: readonly string[]): Promise<readonly string[]> {
  const { packages } = await solveRequest(host, {
    request: ['hello'],
    arch: 'x86_64',
    apk: undefined,
    branch: undefined,
    sources: {
      repositories: [{ name: 'site', tag: undefined, bases }],
      keysFolder: writeKeysFolder(path.join(host.folder, 'keys'), keys),
      offline: false,
    },
  });
  return packages.map(({ record }) => record.name);
}

describe('a repository of apk-tools 3', () => {
  test('is named when its index lies under the name of the old one', async () => {
    const host = testHost();
    const folder = repositoryOf(host, 'renamed', { 'APKINDEX.tar.gz': ADB });
    await expect(solved(host, folder)).rejects.toMatchObject({
      code: 'unsupported-format',
      details: [`from ${folder}/x86_64/APKINDEX.tar.gz`],
    });
  });

  test('is named when it has no other index: in a folder and at a URL', async () => {
    const host = testHost();
    const folder = repositoryOf(host, 'alone', { 'Packages.adb': ADB });
    const { url } = await serve(serveFolder(folder));
    for (const base of [folder, url]) {
      await expect(solved(host, base)).rejects.toMatchObject({
        code: 'unsupported-format',
        details: [`from ${base}/x86_64/Packages.adb`],
      });
    }
  });

  test('is not read where the old index lies beside the new one', async () => {
    const host = testHost();
    const folder = repositoryOf(host, 'both', { 'Packages.adb': ADB });
    writeRepository(folder, [{ name: 'hello' }], keys);
    expect(await solved(host, folder)).toEqual(['hello']);
  });

  test('is passed over for a mirror that has the old index', async () => {
    const host = testHost();
    const renamed = repositoryOf(host, 'first', { 'APKINDEX.tar.gz': ADB });
    const mirror = path.join(host.folder, 'second');
    writeRepository(mirror, [{ name: 'hello' }], keys);
    expect(await solved(host, renamed, mirror)).toEqual(['hello']);
  });

  test('is not a guess: what answers in its place must be one', async () => {
    const host = testHost();
    const folder = repositoryOf(host, 'other', { 'Packages.adb': Buffer.from('<html>') });
    await expect(solved(host, folder)).rejects.toMatchObject({ code: 'not-found' });
  });
});
