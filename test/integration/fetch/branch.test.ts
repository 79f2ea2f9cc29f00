import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../../scripts/core/errors.ts';
import { requestsFor } from '../../../scripts/image/cluster-requests.ts';
import { ensureLock } from '../../../scripts/image/ensure-lock.ts';
import { loadCluster } from '../../../scripts/inputs/load-cluster.ts';
import { inputsDigest } from '../../../scripts/packages/lock/format/inputs.ts';
import { serialiseLock } from '../../../scripts/packages/lock/format/serialise.ts';
import { requireLock } from '../../../scripts/packages/lock/lock-file.ts';
import { fetchClusterFile } from '../../../scripts/workflows/fetch.ts';
import { branchSite } from '../../support/apk/branch-site.ts';
import { testSources } from '../../support/apk/package-sources.ts';

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a branch that is not the repository’s', () => {
  test('is refused with both names and the line to change, and nothing is locked', async () => {
    const site = branchSite();
    site.write('v3.24');
    await site.publish('3.19.2-r0');
    const error = await failureOf(site.lock());
    const text = readFileSync(path.join(site.host.folder, 'cluster.yaml'), 'utf8');
    const line = text.split('\n').findIndex((it) => it.includes('branch: v3.24')) + 1;
    expect(error).toMatchObject({
      code: 'branch-mismatch',
      message: 'alpine.branch is v3.24, but the repositories are of v3.19',
      hint: `Write “branch: v3.19” in cluster.yaml:${line}:11, or name repositories of v3.24.`,
    });
    expect(error).toHaveProperty('details.0', 'site is of v3.19, by alpine-base 3.19.2-r0');
    expect(exitCodeOf(error)).toBe(2);
    expect(existsSync(site.lockFile)).toBe(false);
    site.write('v3.19');
    await site.lock();
    expect(site.warnings()).toEqual([]);
  });

  test('is refused where the file leaves the branch to the default', async () => {
    const site = branchSite();
    site.write(undefined);
    await site.publish('3.19.2-r0');
    expect(await failureOf(site.lock())).toMatchObject({
      code: 'branch-mismatch',
      hint: expect.stringContaining('the line “branch: v3.19” in cluster.yaml') as unknown,
    });
  });

  test('is refused by the description of one of Alpine’s own repositories', async () => {
    const site = branchSite('main');
    site.write('v3.24');
    await site.publish('1.0-r0', 'v3.19.1-643-gec825d20535');
    expect(await failureOf(site.lock())).toMatchObject({ code: 'branch-mismatch' });
  });

  test('is a warning by another’s description, on edge, and where nobody tells', async () => {
    const described = branchSite();
    described.write('v3.24');
    await described.publish('1.0-r0', 'v3.19.1');
    await described.lock();
    expect(described.warnings()).toEqual([
      'alpine.branch is v3.24, but site is of v3.19, by its description “v3.19.1”.',
    ]);
    const edge = branchSite();
    edge.write('edge');
    await edge.publish('3.24.0-r0');
    await edge.lock();
    expect(edge.warnings().join()).toMatch(/alpine.branch is edge, but site is of v3\.24/);
    const silent = branchSite();
    silent.write('v3.24');
    await silent.publish('1.0-r0');
    await silent.lock();
    expect(silent.warnings().join()).toMatch(/No repository tells .* \(site\): .* v3\.24/);
  });

  test('is refused in a lock, too, when it is built or fetched from', async () => {
    const site = branchSite();
    site.write('v3.19');
    await site.publish('3.19.2-r0');
    await site.lock();
    // A lock of before this was looked at: for one branch, made of another’s packages.
    site.write('v3.21');
    const lock = { ...(await requireLock(site.lockFile)), branch: 'v3.21' };
    writeFileSync(site.lockFile, serialiseLock({ ...lock, inputs: inputsDigest(lock) }));
    const expected = {
      code: 'branch-mismatch',
      message: 'alpine.branch is v3.21, but the repositories of the lock are of v3.19',
      hint: expect.stringContaining('vipiso lock') as unknown,
    };
    const loaded = await loadCluster(site.host, 'cluster.yaml');
    const { requests } = await requestsFor(site.host, loaded.cluster);
    const build = ensureLock(testSources(site.host, loaded.cluster.alpine), {
      ...{ loaded, requests, aports: undefined, frozen: true },
    });
    expect(await failureOf(build)).toMatchObject(expected);
    const fetch = fetchClusterFile(site.host, {
      clusterFile: 'cluster.yaml',
      sources: { offline: true },
    });
    expect(await failureOf(fetch)).toMatchObject(expected);
  });
});
