import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exploreCluster } from '../../../scripts/explore/explore-cluster.ts';
import { parseText } from '../../support/cluster/cluster-file.ts';

const STARTER = path.resolve(import.meta.dirname, '../../../profiles/starter/cluster.yaml');

test('the starter file, four faults deep, has nothing to find', () => {
  const read = parseText(readFileSync(STARTER, 'utf8'));
  if (!read.ok) throw new Error('the starter file is not good');
  const explored = exploreCluster(read.cluster, 4);
  expect(explored.findings).toEqual([]);
  expect(explored.states).toBeGreaterThan(3000);
});
