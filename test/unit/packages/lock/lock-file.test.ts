import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lockFileOf } from '../../../../scripts/packages/lock/lock-file.ts';
import { temporaryFolder } from '../../../support/host/test-host.ts';

test.each([
  ['cluster.yaml has the plain name', 'cluster.yaml', [], 'vipiso.lock.json'],
  ['whatever else is there', 'cluster.yml', ['cluster.lock.json'], 'vipiso.lock.json'],
  ['the only one of a folder has it, too', 'edge.yaml', ['notes.yaml'], 'vipiso.lock.json'],
  ['of several, each has its own', 'edge.yaml', ['site.yaml'], 'edge.lock.json'],
  ['one from before counts', 'edge.yaml', ['site.yaml', 'vipiso.lock.json'], 'vipiso.lock.json'],
  [
    'not where it has its own',
    'edge.yml',
    ['vipiso.lock.json', 'edge.lock.json'],
    'edge.lock.json',
  ],
  ['nor where another has it', 'edge.yaml', ['vipiso.lock.json', 'cluster.yaml'], 'edge.lock.json'],
])('the lock of a cluster file: %s', async (_what, name, others, lock) => {
  const folder = temporaryFolder();
  for (const file of [name, ...others])
    writeFileSync(path.join(folder, file), file === 'notes.yaml' ? 'a: 1\n' : 'vrrp:\nnodes:\n');
  expect(await lockFileOf(path.join(folder, name))).toBe(path.join(folder, lock));
});
