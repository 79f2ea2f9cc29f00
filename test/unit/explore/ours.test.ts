import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterModel } from '../../../scripts/cluster/model.ts';
import { clusterSettings } from '../../../scripts/explore/cluster-settings.ts';
import { exploreCluster } from '../../../scripts/explore/explore-cluster.ts';
import { faultsIn } from '../../../scripts/explore/machine/faults.ts';
import { copyState, initialState, keyOf } from '../../../scripts/explore/machine/state.ts';
import type { State } from '../../../scripts/explore/machine/state.ts';
import { exploreGroup } from '../../../scripts/explore/search/explore-group.ts';
import { runFault, startUp } from '../../../scripts/explore/search/run.ts';
import { minimalFile, modelOf, parseText } from '../../support/cluster/cluster-file.ts';
import { TUTORIAL } from './settings.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const NODES = [
  { hostname: 'lb-1', address: '192.168.9.137/24' },
  { hostname: 'lb-2', address: '192.168.9.138/24' },
];
const THIRD = { hostname: 'lb-3', address: '192.168.9.140/24' };

function starter(): ClusterModel {
  const text = readFileSync(path.join(ROOT, 'profiles/starter/cluster.yaml'), 'utf8');
  const read = parseText(text);
  if (!read.ok) throw new Error('the starter file is not good');
  return read.cluster;
}

function textsOf(cluster: ClusterModel, depth: number): readonly string[] {
  return exploreCluster(cluster, depth).findings.flatMap(({ text, timeline }) => [
    text,
    ...timeline,
  ]);
}

test.each([
  ['fast', { profile: 'fast' }, NODES, 3],
  ['nopreempt', { nopreempt: true }, NODES, 3],
  ['fast, nopreempt', { profile: 'fast', nopreempt: true }, NODES, 3],
  ['three nodes', {}, [...NODES, THIRD], 2],
  ['three nodes, fast', { profile: 'fast' }, [...NODES, THIRD], 2],
])('%s: nothing to find', (_, vrrp, nodes, depth) => {
  expect(textsOf(modelOf(minimalFile({ vrrp, nodes })), depth)).toEqual([]);
});

test('active/active: groups that are each other’s mirror are explored once', () => {
  const [group] = starter().vrrp.groups;
  const cluster = starter();
  const [first, second] = group.members;
  if (first === undefined || second === undefined) throw new Error('a pair has two members');
  const mirrored = {
    ...group,
    name: 'second',
    members: [
      { ...first, role: second.role, priority: second.priority },
      { ...second, role: first.role, priority: first.priority },
    ],
  };
  const shared = { ...cluster, vrrp: { ...cluster.vrrp, groups: [group, mirrored] as const } };
  const both = exploreCluster(shared, 2);
  expect(both.findings).toEqual([]);
  // Of equal priorities the higher address wins: the mirror image is explored by itself where addresses decide.
  expect(both.states).toBeGreaterThan(exploreCluster(cluster, 2).states);
  const twins = {
    ...cluster,
    vrrp: { ...cluster.vrrp, groups: [group, { ...group, name: 'twin' }] as const },
  };
  expect(exploreCluster(twins, 2).states).toBe(exploreCluster(cluster, 2).states);
});

function restOf(): State {
  const seen: State[] = [];
  startUp(TUTORIAL, { visit: (state) => seen.push(copyState(state)) });
  return seen.at(-1) ?? initialState(TUTORIAL);
}

test('property: the same faults lead to the same states, and a run comes to rest', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 8 }), (choices) => {
      const walk = (): readonly string[] => {
        let state = restOf();
        const keys: string[] = [];
        for (const [choice, early] of choices) {
          const faults = faultsIn(TUTORIAL, state);
          const fault = faults[choice % faults.length];
          if (fault === undefined) return keys;
          const phase = early ? 'early' : 'late';
          runFault(
            TUTORIAL,
            state,
            { fault, phase },
            {
              visit: (seen, at) => {
                keys.push(keyOf(seen));
                if (at === undefined) state = copyState(seen);
              },
            },
          );
          expect(state.timers.filter(({ node }) => state.nodes[node]?.power === 'on')).toEqual([]);
        }
        return keys;
      };
      expect(walk()).toEqual(walk());
    }),
    { numRuns: 200 },
  );
});

test('property: every trace leads to what it is told for, and no fault of it is a spare one', () => {
  const checks = fc.record({
    weight: fc.constantFrom(-2, 0, 1, 2),
    fall: fc.integer({ min: 1, max: 3 }),
    trackProcess: fc.boolean(),
    asks: fc.constantFrom('process' as const, 'listener' as const, 'frontend' as const),
  });
  fc.assert(
    fc.property(checks, fc.boolean(), (check, preempt) => {
      const settings = { ...TUTORIAL, preempt, check: { ...TUTORIAL.check, ...check } };
      const { findings } = exploreGroup(settings, 2);
      const shallow = exploreGroup(settings, 1).findings.map(({ condition }) => condition);
      for (const { condition, trace, lastsMs, allowedMs } of findings) {
        expect(lastsMs).toBeGreaterThan(allowedMs);
        expect(trace.length <= 1).toBe(shallow.includes(condition));
      }
    }),
    { numRuns: 15 },
  );
});

test('a group of a cluster becomes what keepalived.conf says', () => {
  const cluster = modelOf(minimalFile({ vrrp: { profile: 'fast', preempt_delay: 5 } }));
  const settings = clusterSettings(cluster.vrrp.groups[0], cluster);
  expect(
    settings.nodes.map(({ hostname, startsAs, addressRank }) => [hostname, startsAs, addressRank]),
  ).toEqual([
    ['lb-1', 'BACKUP', 0],
    ['lb-2', 'BACKUP', 1],
  ]);
  expect(settings).toMatchObject({
    advertMs: 100,
    preemptDelayMs: 5000,
    refreshMs: 10_000,
    secondRoundMs: 1000,
  });
  expect(settings.check).toMatchObject({
    asks: 'listener',
    trackProcess: true,
    fall: 2,
    timeoutMs: 2000,
  });
});
