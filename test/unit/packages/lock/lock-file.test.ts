import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lockFileOf } from '../../../../scripts/packages/lock/lock-file.ts';
import { temporaryFolder } from '../../../support/host/test-host.ts';

test.each([
  ['cluster.yaml has the plain name', 'cluster.yaml', [], 'vipiso.lock.json'],
  ['whatever lies beside it', 'cluster.yml', ['cluster.lock.json'], 'vipiso.lock.json'],
  ['another name has a lock of its own', 'edge.yaml', [], 'edge.lock.json'],
  ['a lock of no name counts for it', 'edge.yaml', ['vipiso.lock.json'], 'vipiso.lock.json'],
  ['not beside its own', 'edge.yml', ['vipiso.lock.json', 'edge.lock.json'], 'edge.lock.json'],
  ['nor where another has it', 'edge.yaml', ['vipiso.lock.json', 'cluster.yaml'], 'edge.lock.json'],
])('the lock of a cluster file: %s', async (_what, name, beside, lock) => {
  const folder = temporaryFolder();
  for (const file of [name, ...beside]) writeFileSync(path.join(folder, file), '');
  expect(await lockFileOf(path.join(folder, name))).toBe(path.join(folder, lock));
});
