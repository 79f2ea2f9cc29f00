import { expect, test } from 'vitest';
import type { Fault } from '../../../scripts/explore/machine/faults.ts';
import { copyState, initialState } from '../../../scripts/explore/machine/state.ts';
import type { State } from '../../../scripts/explore/machine/state.ts';
import { timelineOf } from '../../../scripts/explore/report/timeline.ts';
import { exploreGroup } from '../../../scripts/explore/search/explore-group.ts';
import { runFault, startUp } from '../../../scripts/explore/search/run.ts';
import type { ExploreSettings } from '../../../scripts/explore/settings.ts';
import { TUTORIAL } from './settings.ts';

function found(settings: ExploreSettings, depth = 2): readonly string[] {
  return exploreGroup(settings, depth).findings.map(
    ({ condition, trace, lastsMs }) =>
      `${condition} after ${trace.map(({ fault }) => fault.do).join(', ')}${lastsMs === Infinity ? '' : ', passing'}`,
  );
}

function restOf(settings: ExploreSettings): State {
  const seen: State[] = [];
  startUp(settings, { visit: (state) => seen.push(copyState(state)) });
  return seen.at(-1) ?? initialState(settings);
}

function after(settings: ExploreSettings, from: State, fault: Fault): State {
  const seen: State[] = [];
  const visit = (state: State) => seen.push(copyState(state));
  runFault(settings, from, { fault, phase: 'late' }, { visit });
  return seen.at(-1) ?? from;
}

function lineOf(settings: ExploreSettings, condition: string, depth = 2): string {
  const finding = exploreGroup(settings, depth).findings.find((it) => it.condition === condition);
  return finding === undefined ? '' : timelineOf(settings, finding).join('\n');
}

test('keepalived#166 and #542: a paused MASTER never announces the VIP again', () => {
  const equal = TUTORIAL.nodes.map((node, index) => ({
    ...node,
    priority: 100,
    addressRank: 1 - index,
  }));
  for (const settings of [
    TUTORIAL,
    { ...TUTORIAL, nodes: equal, check: { ...TUTORIAL.check, weight: 0 } },
  ]) {
    const finding = exploreGroup(settings, 2).findings.find(
      ({ condition }) => condition === 'not-announced',
    );
    expect(finding?.lastsMs).toBe(Infinity);
    expect(finding?.trace.map(({ fault }) => fault.do)).toContain('pause');
  }
  expect(lineOf(TUTORIAL, 'not-announced')).toContain('lb-1 paused by its hypervisor');
});

test('keepalived#1884: of three nodes two lose each other for a moment, and the winner says nothing', () => {
  const nodes = [
    ...TUTORIAL.nodes,
    { hostname: 'lb-3', priority: 99, startsAs: 'BACKUP', addressRank: 2 } as const,
  ];
  const settings = { ...TUTORIAL, nodes, check: { ...TUTORIAL.check, weight: 3 } };
  expect(found(settings).some((it) => it.startsWith('not-announced'))).toBe(true);
  expect(found({ ...settings, loserSendsAdvert: true, refreshMs: 60_000 })).toEqual([]);
});

test('a probe by way of a full frontend counts a living haproxy as dead, and with faults nobody holds the VIP', () => {
  const check = { ...TUTORIAL.check, asks: 'frontend', weight: 0 } as const;
  const saturated = { ...TUTORIAL, check, refreshMs: 60_000, loserSendsAdvert: true };
  // One node is off, or as full as the other: no node is without fault, and both serve.
  expect(found(saturated)).toEqual([
    'no-holder after cut-power, fill-haproxy',
    'false-alarm after fill-haproxy',
  ]);
  const rest = restOf(saturated);
  const full = after(saturated, rest, { do: 'fill-haproxy', node: 0 });
  expect(
    after(saturated, full, { do: 'fill-haproxy', node: 1 }).nodes.map((it) => it.vrrp),
  ).toEqual(['FAULT', 'FAULT']);
  expect(found({ ...saturated, check: { ...check, asks: 'listener' } })).toEqual([]);
});

test('the last word of the loser and a refresh cure what one of them does not', () => {
  expect(found({ ...TUTORIAL, loserSendsAdvert: true })).not.toEqual([]);
  expect(found({ ...TUTORIAL, loserSendsAdvert: true, refreshMs: 60_000 })).toEqual([]);
});

test('nodes that drop each other’s adverts hold the VIP together from the start', () => {
  const deaf = [
    [0, 1],
    [1, 0],
  ] as const;
  expect(found({ ...TUTORIAL, deaf }, 1)).toContain('two-holders after ');
});

test('a weight not above the gap, and any weight with nopreempt, leave the VIP at a dead haproxy', () => {
  const check = { ...TUTORIAL.check, weight: 1 };
  const equalled = { ...TUTORIAL, check, refreshMs: 60_000, loserSendsAdvert: true };
  expect(found(equalled, 1)).toEqual(['useless-holder after kill-haproxy']);
  const nopreempt = { ...equalled, preempt: false, check: { ...check, weight: 2 } };
  expect(found(nopreempt, 1)).toEqual(['useless-holder after kill-haproxy']);
});

test('a gateway that all nodes ask, with weight 0, takes the VIP from all of them', () => {
  const script = {
    name: 'uplink',
    scope: 'lan',
    weight: 0,
    intervalMs: 5000,
    timeoutMs: 2000,
    fall: 3,
    rise: 2,
  } as const;
  const settings = { ...TUTORIAL, scripts: [script], refreshMs: 60_000, loserSendsAdvert: true };
  expect(found(settings, 1)).toContain('no-holder after fail-target');
});
