import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sha256 } from '../../../scripts/core/digest.ts';
import { fetchAll } from '../../../scripts/packages/fetch-all.ts';
import { testHost } from '../../support/host/test-host.ts';

test('of several packages that fail the first in order is named, whichever failed first', async () => {
  const packages = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => ({
    name,
    size: 1,
  }));
  const begun: string[] = [];
  const supplied = fetchAll(testHost(), 'Fetching packages', packages, async ({ name }) => {
    begun.push(name);
    if (name === 'one') return { sha256: sha256(name), fetched: true };
    if (name === 'two') await sleep(20);
    throw new Error(name);
  });
  await expect(supplied).rejects.toThrow('two');
  expect(begun).not.toContain('six');
});
