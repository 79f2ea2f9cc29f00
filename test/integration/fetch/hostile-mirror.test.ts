import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../../scripts/core/errors.ts';
import { fetchLocked } from '../../../scripts/packages/fetch-locked.ts';
import type { Lockfile } from '../../../scripts/packages/lock/format/schema.ts';
import { lockCluster } from '../../../scripts/packages/lock/make-lock.ts';
import type { SourceFlags } from '../../../scripts/packages/sources.ts';
import { writeKeysFolder, writeRepository } from '../../support/apk/alpine-repository.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { testSources } from '../../support/apk/package-sources.ts';
import { alpineModel } from '../../support/cluster/cluster-models.ts';
import { testHost } from '../../support/host/test-host.ts';
import type { TestHost } from '../../support/host/test-host.ts';
import { folder, inTurn, serve, status } from '../../support/http/http-server.ts';

const keys = testKeyPair();
const PACKAGES = [
  { name: 'app', depends: ['lib'], files: [{ path: 'app', content: Buffer.alloc(3000, 'app ') }] },
  { name: 'lib', files: [{ path: 'lib', content: Buffer.from('lib') }] },
];
const TIMINGS = {
  connectMs: 1000,
  idleMs: 1000,
  slowAfterMs: 5000,
  minBytesPerSecond: 1,
  pausesMs: [5],
  longestPauseMs: 5,
  retryForMs: 60_000,
};

/** A repository in the host's own folder and the request that locks it from `bases`. */
function setUp(host: TestHost, bases: readonly string[]) {
  return {
    alpine: alpineModel([{ name: 'main', tag: undefined, bases }], {
      keysFolder: writeKeysFolder(path.join(host.folder, 'keys'), keys),
    }),
    lockFile: path.join(host.folder, 'vipiso.lock.json'),
    requests: { image: ['app'] },
  };
}

type SetUp = ReturnType<typeof setUp>;

function lockOf(host: TestHost, request: SetUp, offline = false): ReturnType<typeof lockCluster> {
  return lockCluster(testSources(host, request.alpine, { offline, timings: TIMINGS }), request);
}

function fetchOf(
  host: TestHost,
  request: SetUp,
  lock: Lockfile,
  flags: Partial<SourceFlags> = {},
): ReturnType<typeof fetchLocked> {
  const sources = testSources(host, request.alpine, { offline: false, timings: TIMINGS, ...flags });
  return fetchLocked(sources, lock);
}

function repositoryFor(host: TestHost): { folder: string; files: readonly string[] } {
  return writeRepository(path.join(host.folder, 'repo'), PACKAGES, keys);
}

test('a mirror that stumbles is used all the same, two mirrors when one breaks for good', async () => {
  const host = testHost();
  const repository = repositoryFor(host);
  const stumbling = await serve(inTurn(status(500), folder(repository.folder)));
  const broken = await serve(status(503));
  const request = setUp(host, [broken.url, stumbling.url]);
  const { lock } = await lockOf(host, request);
  expect(lock.packages).toHaveLength(2);
  expect(lock.repositories[0]?.bases).toEqual([broken.url, stumbling.url]);
});

test('nothing is asked again once it is in the cache, and offline works then', async () => {
  const host = testHost();
  const server = await serve(folder(repositoryFor(host).folder));
  const request = setUp(host, [server.url]);
  const { lock } = await lockOf(host, request);
  const before = server.requests.length;
  await lockOf(host, request, true);
  await fetchOf(host, request, lock, { offline: true });
  expect(server.requests).toHaveLength(before);
  const steps = host.events
    .filter((it) => it.type === 'step-end' && it.id === 'fetch')
    .map((it) => (it.type === 'step-end' ? it.outcome : it.type));
  expect(steps).toEqual(['done', 'cached', 'cached']);
});

test('an unreachable mirror is the news, not the keys that it would have given', async () => {
  const host = testHost();
  const request = setUp(host, ['http://127.0.0.1:1/main']);
  const alpine = { ...request.alpine, keysFolder: undefined };
  await expect(lockOf(host, { ...request, alpine })).rejects.toMatchObject({
    code: 'network',
    message: 'cannot fetch the index of main',
  });
});

test('a lost cache entry is fetched again, a damaged one too', async () => {
  const host = testHost();
  const server = await serve(folder(repositoryFor(host).folder));
  const request = setUp(host, [server.url]);
  const { lock } = await lockOf(host, request);
  const [first] = lock.packages;
  if (first === undefined) throw new Error('no package');
  const entry = path.join(
    host.cacheFolder,
    'sha256',
    first.sha256.slice(0, 2),
    first.sha256.slice(2),
  );
  rmSync(entry);
  writeFileSync(entry, 'damaged');
  const find = await fetchOf(host, request, lock);
  expect(readFileSync(await find(first)).length).toBe(first.size);
});

test('a lock made from a package that vanished from the mirror says so', async () => {
  const host = testHost();
  const repository = repositoryFor(host);
  const server = await serve(folder(repository.folder));
  const request = setUp(host, [server.url]);
  const { lock } = await lockOf(host, request);
  const gone = await serve(status(404));
  const elsewhere = testHost();
  const repositories = [{ name: 'main', tag: undefined, bases: [gone.url] }];
  await expect(fetchOf(elsewhere, request, lock, { repositories })).rejects.toMatchObject({
    code: 'not-found',
    message: 'app-1.0-r0.apk is not there',
  });
});

describe('a byte flipped', () => {
  test('where no check but the lock’s can see it is refused all the same', async () => {
    const host = testHost();
    const repository = repositoryFor(host);
    const request = setUp(host, [repository.folder]);
    const { lock } = await lockOf(host, request);
    const file = path.join(repository.folder, 'x86_64', 'app-1.0-r0.apk');
    const bytes = readFileSync(file);
    // The hint at the compression level in the head of the signature's gzip member.
    bytes.writeUInt8(0, 8);
    writeFileSync(file, bytes);
    await lockOf(testHost(), setUp(testHost(), [repository.folder]));
    const error: unknown = await fetchOf(testHost(), request, lock).catch(
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject({ code: 'digest-mismatch' });
    expect(exitCodeOf(error)).toBe(4);
  });

  /** Locks from a copy in which one byte of one file is changed; gives the exit code. */
  async function exitCodeAfterFlip(file: string, at: number): Promise<number> {
    const host = testHost();
    const repository = repositoryFor(host);
    const target = path.join(repository.folder, 'x86_64', file);
    const bytes = readFileSync(target);
    const place = at % bytes.length;
    // All bits of it: single ones in a signature may change nothing; the test above and the unit tests have those.
    bytes.writeUInt8(bytes.readUInt8(place) ^ 0xff, place);
    writeFileSync(target, bytes);
    const request = setUp(host, [repository.folder]);
    const error: unknown = await lockOf(host, request).catch((cause: unknown) => cause);
    expect(readdirSync(host.folder)).not.toContain('vipiso.lock.json');
    return error instanceof Error ? exitCodeOf(error) : 0;
  }

  test.each(['APKINDEX.tar.gz', 'app-1.0-r0.apk', 'lib-1.0-r0.apk'])(
    'anywhere in %s is refused as failed verification',
    async (file) => {
      for (let round = 0; round < 70; round += 1) {
        // Places spread over the file by a prime step, the same in every run.
        const at = (round * 7919) % 100_003;
        expect([at, await exitCodeAfterFlip(file, at)]).toEqual([at, 4]);
      }
    },
  );
});
