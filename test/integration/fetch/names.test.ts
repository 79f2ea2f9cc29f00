import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeIndexArchive } from '../../../scripts/apk/index/index-archive.ts';
import type { PackageRecord } from '../../../scripts/apk/model.ts';
import { recordOf } from '../../../scripts/apk/package/package-file.ts';
import { sha256 } from '../../../scripts/core/digest.ts';
import { exitCodeOf } from '../../../scripts/core/errors.ts';
import { fetchLocked } from '../../../scripts/packages/fetch-locked.ts';
import { parseLock } from '../../../scripts/packages/lock/format/parse.ts';
import type { Lockfile } from '../../../scripts/packages/lock/format/schema.ts';
import { lockCluster } from '../../../scripts/packages/lock/make-lock.ts';
import { openLocked } from '../../../scripts/packages/package-files.ts';
import type { ApkInput } from '../../lab/apk-writer.ts';
import { writeKeysFolder } from '../../support/apk/alpine-repository.ts';
import { buildApk, testKeyPair } from '../../support/apk/apk-builder.ts';
import { testSources } from '../../support/apk/package-sources.ts';
import { alpineModel } from '../../support/cluster/cluster-models.ts';
import { testHost } from '../../support/host/test-host.ts';

const keys = testKeyPair('names');
const HARMLESS = { name: 'app', version: '1.0-r0' };

/** A repository that lists `shipped` as `listed`, both signed by a trusted key. */
function repository(listed: Partial<PackageRecord>, shipped: Partial<ApkInput> & { name: string }) {
  const host = testHost();
  const folder = path.join(host.folder, 'repo/main');
  const packages = path.join(folder, 'x86_64');
  mkdirSync(packages, { recursive: true });
  const bytes = buildApk(shipped, keys.signing);
  const record = { ...recordOf(buildApk(HARMLESS, keys.signing)), ...identityOf(bytes), ...listed };
  const records = [record];
  const place = path.join(packages, `${record.name}-${record.version}.apk`);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, bytes);
  const index = writeIndexArchive({ records, description: '', epoch: 0, key: keys.signing });
  writeFileSync(path.join(packages, 'APKINDEX.tar.gz'), index);
  const keysFolder = writeKeysFolder(path.join(host.folder, 'keys'), keys);
  const repositories = [{ name: 'main', tag: undefined, bases: [folder] }];
  const lockFile = path.join(host.folder, 'vipiso.lock.json');
  const sources = testSources(host, alpineModel(repositories, { keysFolder }));
  const request = { lockFile, requests: { image: [record.name] } };
  return { host, sources, record, bytes, place, lock: () => lockCluster(sources, request) };
}

/** What stays true of the file whatever it is listed as. */
function identityOf(bytes: Buffer): Pick<PackageRecord, 'checksum' | 'size'> {
  try {
    const { checksum, size } = recordOf(bytes);
    return { checksum, size };
  } catch {
    return { checksum: 'Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=', size: bytes.length };
  }
}

describe('a signed index that lists a package as another', () => {
  test.each([
    ['name', { name: 'other' }],
    ['version', { version: '2.0-r0' }],
    ['architecture', { arch: 'aarch64' }],
  ])('by its %s is refused when locking', async (_what, shipped) => {
    const { host, lock } = repository(HARMLESS, { ...HARMLESS, ...shipped });
    const error = await failureOf(lock());
    expect(error).toMatchObject({ code: 'digest-mismatch' });
    expect(error).toHaveProperty('message', expect.stringContaining('is another package'));
    expect(exitCodeOf(error)).toBe(4);
    expect(readdirSync(host.folder)).not.toContain('vipiso.lock.json');
  });

  test('is refused when fetching and building by a lock that has it', async () => {
    const { host, sources, record, bytes, place } = repository(HARMLESS, { name: 'other' });
    const { lock } = await repositoryOf(HARMLESS);
    const locked = {
      ...(lock.packages[0] as Lockfile['packages'][number]),
      ...{ checksum: record.checksum, size: record.size, sha256: sha256(bytes) },
    };
    const forged = { ...lock, packages: [locked] };
    const fetching = fetchLocked(sources, forged);
    await expect(fetching).rejects.toMatchObject({ code: 'digest-mismatch' });
    const opening = openLocked(host, [{ locked, path: place }]).next();
    await expect(opening).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  test('for every architecture is as it should be', async () => {
    const { lock } = repository(HARMLESS, { ...HARMLESS, arch: 'noarch' });
    expect((await lock()).lock.packages).toHaveLength(1);
  });
});

describe('a name that apk does not allow', () => {
  test.each([
    ['in the package', HARMLESS, { name: 'app', version: '1/../../x' }],
    ['in index and package', { name: '../x' }, { name: '../x' }],
    ['in the index', { name: 'app', version: '1/../1.0-r0' }, HARMLESS],
  ])('%s is refused', async (_where, listed, shipped) => {
    const error = await failureOf(repository(listed, shipped).lock());
    expect(exitCodeOf(error)).toBe(4);
  });

  test.each(['../x', '/x', 'a/b', '.hidden', '-x', ''])('in a lock: %s', async (name) => {
    const { lock } = await repositoryOf(HARMLESS);
    const text = JSON.stringify({ ...lock, packages: [{ ...lock.packages[0], name }] });
    expect(parseLock(text)).toMatchObject({
      ok: false,
      diagnostics: [{ message: expect.stringContaining('must be a name of a package') as string }],
    });
  });
});

async function repositoryOf(shipped: typeof HARMLESS) {
  return await repository(shipped, shipped).lock();
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
