import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cachedAportsName } from '../../../../../scripts/image/mkimage/aports/aports-cache.ts';
import { loadAports, recordedAports } from '../../../../../scripts/image/mkimage/aports/aports.ts';
import type { Aports } from '../../../../../scripts/image/mkimage/aports/aports.ts';
import { inputsDigest } from '../../../../../scripts/packages/lock/format/inputs.ts';
import { serialiseLock } from '../../../../../scripts/packages/lock/format/serialise.ts';
import { testSources } from '../../../../support/apk/package-sources.ts';
import { testHost } from '../../../../support/host/test-host.ts';
import type { TestHost } from '../../../../support/host/test-host.ts';

interface Site {
  readonly host: TestHost;
  readonly checkout: string;
  readonly locked: Aports;
  /** Loads as a build does: by what the lock says, or by a flag. */
  readonly load: (flag?: string) => Promise<Aports>;
}

/** A lock that names the scripts of a checkout, which was read once. */
async function lockedSite(): Promise<Site> {
  const host = testHost();
  const checkout = path.join(host.folder, 'aports');
  mkdirSync(path.join(checkout, 'scripts'), { recursive: true });
  writeFileSync(path.join(checkout, 'scripts/mkimage.sh'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(path.join(checkout, 'scripts/mkimg.base.sh'), 'base\n');
  const lockFile = path.join(host.folder, 'vipiso.lock.json');
  const sources = testSources(host);
  const locked = await loadAports(sources, { configured: undefined, flag: checkout });
  const inputs = { branch: 'v3.24', arch: 'x86_64', repositories: [], requests: {} };
  const lock = {
    schema: 1 as const,
    inputs: inputsDigest(inputs),
    ...inputs,
    sourceDateEpoch: 0,
    keys: [],
    order: {},
    packages: [],
    aports: recordedAports(locked, lockFile),
  };
  writeFileSync(lockFile, serialiseLock(lock));
  const load = (flag?: string): Promise<Aports> =>
    loadAports(sources, { configured: undefined, flag, lockFile });
  return { host, checkout, locked, load };
}

test('locked scripts serve from the cache when their place is gone', async () => {
  const { checkout, locked, load } = await lockedSite();
  rmSync(checkout, { recursive: true });
  const { scripts } = await load();
  expect(scripts.sha256).toBe(locked.scripts.sha256);
  expect(scripts.files.map(({ name, executable }) => [name, executable])).toEqual([
    ['mkimage.sh', true],
    ['mkimg.base.sh', false],
  ]);
});

test('what a flag names must be there', async () => {
  const { checkout, load } = await lockedSite();
  rmSync(checkout, { recursive: true });
  await expect(load(checkout)).rejects.toMatchObject({ code: 'not-found' });
});

test.each(['changed', 'cut'])('a %s archive in the cache counts as absent', async (what) => {
  const { host, checkout, locked, load } = await lockedSite();
  rmSync(checkout, { recursive: true });
  const file = path.join(host.cacheFolder, cachedAportsName(locked.scripts.sha256));
  const bytes = readFileSync(file);
  if (what === 'cut') writeFileSync(file, bytes.subarray(0, 40));
  else writeFileSync(file, bytes.fill(0, 60, 70));
  await expect(load()).rejects.toMatchObject({ code: 'not-found' });
});
