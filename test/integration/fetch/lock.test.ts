import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AlpineModel } from '../../../scripts/cluster/model.ts';
import type { Host } from '../../../scripts/host/host.ts';
import { fetchLocked } from '../../../scripts/packages/fetch-locked.ts';
import { requireLock } from '../../../scripts/packages/lock/lock-file.ts';
import { lockCluster } from '../../../scripts/packages/lock/make-lock.ts';
import type { LockRequest } from '../../../scripts/packages/lock/make-lock.ts';
import type { SourceFlags } from '../../../scripts/packages/sources.ts';
import { writeKeysFolder, writeRepository } from '../../support/apk/alpine-repository.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { testSources } from '../../support/apk/package-sources.ts';
import { alpineModel } from '../../support/cluster/cluster-models.ts';
import { testHost } from '../../support/host/test-host.ts';
import type { TestHost } from '../../support/host/test-host.ts';
import { folder as serveFolder, serve } from '../../support/http/http-server.ts';

const keys = testKeyPair();
const stranger = testKeyPair('stranger');

const PACKAGES = [
  { name: 'app', depends: ['lib>=2'], buildTime: 1_700_000_000, files: [file('usr/bin/app')] },
  { name: 'lib', version: '2.0-r0', buildTime: 1_600_000_000, files: [file('usr/lib/lib')] },
  { name: 'lib', version: '1.0-r0' },
  { name: 'kernel', files: [file('boot/vmlinuz')] },
  { name: 'unwanted' },
];

function file(name: string): { path: string; content: Buffer } {
  return { path: name, content: Buffer.from(`content of ${name}\n`.repeat(200)) };
}

interface SetUp extends LockRequest {
  readonly host: TestHost;
  readonly archFolder: string;
  readonly alpine: AlpineModel;
}

function lockWith(setup: SetUp, flags: Partial<SourceFlags> = {}, host: Host = setup.host) {
  return lockCluster(testSources(host, setup.alpine, flags), setup);
}

/** As Alpine writes it: names the branch. */
const DESCRIPTION = 'v3.24.1-0-g0123456789a';

function setUp(host: TestHost = testHost()): SetUp {
  const folder = path.join(host.folder, 'repo', 'main');
  writeRepository(folder, PACKAGES, keys, DESCRIPTION);
  return {
    host,
    archFolder: path.join(folder, 'x86_64'),
    alpine: alpineModel([{ name: 'main', tag: undefined, bases: [folder] }], {
      keysFolder: writeKeysFolder(path.join(host.folder, 'keys'), keys),
    }),
    lockFile: path.join(host.folder, 'vipiso.lock.json'),
    requests: { image: ['app'], kernel: ['kernel', 'lib'] },
  };
}

describe('lockCluster', () => {
  test('writes down what was chosen, verified, for what, and from where', async () => {
    const setup = setUp();
    const { lock, changed, diff } = await lockWith(setup);
    expect(changed).toBe(true);
    expect(diff).toEqual(['+ app 1.0-r0', '+ kernel 1.0-r0', '+ lib 2.0-r0']);
    expect(lock).toMatchObject({
      branch: 'v3.24',
      arch: 'x86_64',
      sourceDateEpoch: 1_700_000_000,
      keys: [{ name: keys.publicKey.name }],
      repositories: [{ name: 'main', bases: ['repo/main'], index: { description: DESCRIPTION } }],
      order: { image: ['lib', 'app'] },
    });
    expect(lock.packages.map((it) => [it.name, it.for])).toEqual([
      ['app', ['image']],
      ['kernel', ['kernel']],
      ['lib', ['image', 'kernel']],
    ]);
    expect(await requireLock(setup.lockFile)).toEqual(lock);
  });

  test('leaves an unchanged lock untouched, wherever cache and checkout are', async () => {
    const [one, other] = [setUp(), setUp()];
    await lockWith(one);
    const before = statSync(one.lockFile).mtimeMs;
    const again = await lockWith(one);
    expect([again.changed, again.diff, statSync(one.lockFile).mtimeMs]).toEqual([
      false,
      [],
      before,
    ]);
    await lockWith(other);
    expect(readFileSync(other.lockFile)).toEqual(readFileSync(one.lockFile));
  });

  test('takes the time of the images from the environment where it is given', async () => {
    const host = testHost({ env: { SOURCE_DATE_EPOCH: '42' } });
    const setup = setUp(host);
    expect((await lockWith(setup)).lock.sourceDateEpoch).toBe(42);
  });

  test('explains a request that cannot be met', async () => {
    const setup = setUp();
    const failure = lockWith({ ...setup, requests: { image: ['app', 'lib<2'] } });
    await expect(failure).rejects.toMatchObject({
      code: 'unsatisfiable',
      message: 'the packages of the image cannot be chosen',
    });
    expect(readdirSync(setup.host.folder)).not.toContain('vipiso.lock.json');
  });

  test('refuses an index of an unknown key, unless asked loudly', async () => {
    const setup = setUp();
    const keysFolder = writeKeysFolder(path.join(setup.host.folder, 'other'), stranger);
    await expect(lockWith(setup, { keysFolder })).rejects.toMatchObject({
      code: 'signature-untrusted',
    });
    const { lock } = await lockWith(setup, { keysFolder, allowUntrusted: true });
    expect(lock).toMatchObject({ untrusted: true, keys: [] });
    await fetchLocked(testSources(setup.host, setup.alpine), lock);
    const loud = {
      type: 'note',
      level: 'warning',
      text: expect.stringMatching(/^UNTRUSTED/) as string,
    };
    expect(setup.host.events.filter(({ type }) => type === 'note')).toEqual([loud, loud]);
  });

  test.each([
    ['a mirror', true],
    ['a folder', false],
  ])('an index without anything new for months from %s: said %s', async (_what, said) => {
    const setup = setUp();
    const [folder = ''] = setup.alpine.repositories[0]?.bases ?? [];
    const base = said ? (await serve(serveFolder(folder))).url : folder;
    const repositories = [{ name: 'main', tag: undefined, bases: [base] }];
    const now = (): number => (1_700_000_000 + 61 * 86_400) * 1000;
    await lockWith(setup, { repositories, offline: false }, { ...setup.host, now });
    const notes = setup.host.events.flatMap((it) => (it.type === 'note' ? it.text : []));
    expect(notes).toEqual(
      said
        ? [expect.stringMatching(/^The newest package of main is 61 days old.*freeze attack/)]
        : [],
    );
  });

  test.each([
    ['', ['repo', 'main']],
    [', from another address too', ['mirror', 'main']],
  ])('refuses an index that is older than the locked one%s', async (_what, place) => {
    const first = setUp();
    await lockWith(first);
    const folder = path.join(first.host.folder, ...place);
    writeRepository(folder, PACKAGES.slice(1), keys);
    const setup = { ...first, requests: { image: ['lib'] } };
    const repositories = [{ name: 'main', tag: undefined, bases: [folder] }];
    await expect(lockWith(setup, { repositories })).rejects.toMatchObject({
      code: 'downgrade',
      details: [
        'main: of 2020-09-13T12:26:40.000Z, but the lock saw one of 2023-11-14T22:13:20.000Z',
      ],
    });
    const { diff } = await lockWith(setup, { repositories, allowOlder: true });
    expect(diff.slice(0, 3)).toEqual([
      '- app 1.0-r0',
      '- kernel 1.0-r0',
      '~ lib 2.0-r0: for image+kernel -> image',
    ]);
  });
});

describe('fetchLocked', () => {
  test('finds every locked package, verified, without the repository', async () => {
    const setup = setUp();
    const { lock } = await lockWith(setup);
    const gone = [{ name: 'main', tag: undefined, bases: ['/nowhere'] }];
    const find = await fetchLocked(
      testSources(setup.host, setup.alpine, { repositories: gone }),
      lock,
    );
    for (const locked of lock.packages) {
      const original = path.join(setup.archFolder, `${locked.name}-${locked.version}.apk`);
      expect(readFileSync(await find(locked))).toEqual(readFileSync(original));
    }
  });

  test('refuses a package that was replaced under its name', async () => {
    const setup = setUp();
    const { lock } = await lockWith(setup);
    const file = path.join(setup.archFolder, 'app-1.0-r0.apk');
    writeFileSync(file, readFileSync(file).fill(0, 50, 60));
    await expect(fetchLocked(testSources(testHost(), setup.alpine), lock)).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
  });
});
