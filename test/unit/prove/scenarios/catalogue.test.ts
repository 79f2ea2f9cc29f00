import { describe, expect, test } from 'vitest';
import { obstacleTo, SCENARIOS } from '../../../../scripts/prove/scenarios/catalogue.ts';
import { chooseScenarios } from '../../../../scripts/prove/scenarios/choose.ts';
import { minimalFile, modelOf } from '../../../support/cluster/cluster-file.ts';

const HTTPS = { check: { type: 'https', path: '/readyz' } };

function skippedIn(file: Parameters<typeof modelOf>[0]): readonly string[] {
  const cluster = modelOf(file);
  return SCENARIOS.filter((it) => obstacleTo(it, cluster) !== undefined).map(({ id }) => id);
}

describe('the catalogue of faults', () => {
  test('ids and titles tell every step apart', () => {
    const steps = SCENARIOS.flatMap((scenario) => scenario.steps);
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    const told = steps.map(({ title, action }) => `${title}: ${action}`);
    expect(new Set(told).size).toBe(steps.length);
  });

  test('a scenario that switches a node off switches it on again', () => {
    for (const { id, steps } of SCENARIOS) {
      const off = new Set<string>();
      for (const action of steps.flatMap(({ actions }) => actions)) {
        if (
          'node' in action &&
          ['cut-power', 'shut-down', 'press-power-button'].includes(action.do)
        )
          off.add(action.node);
        if (action.do === 'power-on') off.delete(action.node);
      }
      expect([...off], id).toEqual([]);
    }
  });

  test('a scenario that spoils a cable or an API server mends it', () => {
    for (const { id, steps } of SCENARIOS) {
      const actions = steps.flatMap((faultStep) => faultStep.actions);
      const cable = actions.findLast((action) => action.do === 'cable');
      expect([cable?.fromMachine, cable?.toMachine], id).toEqual([undefined, undefined]);
      const mode = actions.findLast((action) => action.do === 'api-servers')?.mode ?? 'serving';
      expect(mode, id).toBe('serving');
    }
  });
});

describe('what a cluster cannot be tried by', () => {
  test('the reference case: no third node, a check of processes, a check by connection', () => {
    expect(skippedIn(minimalFile())).toEqual([
      'api-server-hung',
      'api-server-500',
      'api-server-401',
      'haproxy-hung',
      'bond-member',
      'name-server-dead',
      'two-of-three',
    ]);
  });

  test('an HTTPS check that takes 401 for healthy cannot find it sick', () => {
    const check = { type: 'https', path: '/readyz', expect: [200, 401] };
    expect(skippedIn(minimalFile({ service: HTTPS }))).toEqual([
      'haproxy-hung',
      'bond-member',
      'name-server-dead',
      'two-of-three',
    ]);
    expect(skippedIn(minimalFile({ service: { check } }))).toContain('api-server-401');
  });

  test('a bond of two cards can lose one', () => {
    const nodes = [7, 8].map((n) => ({
      ...{ hostname: `lb-${n}`, address: `192.168.9.13${n}/24`, vlan: 20 },
      bond: { members: ['eth0', 'eth1'] },
    }));
    expect(skippedIn(minimalFile({ nodes }))).not.toContain('bond-member');
    const one = nodes.map((node) => ({ ...node, bond: { members: ['eth0'] } }));
    expect(skippedIn(minimalFile({ nodes: one }))).toContain('bond-member');
  });

  test('the fast profile notices an haproxy that hangs', () => {
    expect(skippedIn(minimalFile({ vrrp: { profile: 'fast' } }))).not.toContain('haproxy-hung');
  });
});

describe('choosing faults', () => {
  test('the quick set is a part of the full set', () => {
    const full = chooseScenarios('full', []);
    const quick = chooseScenarios('quick', []);
    expect(full).toEqual(SCENARIOS);
    expect(quick.length).toBeGreaterThan(3);
    expect(quick.every((it) => full.includes(it))).toBe(true);
  });

  test('a fault is named by its scenario or by one of its steps', () => {
    const chosen = chooseScenarios('quick', ['link-mended', 'clock-jump']);
    expect(chosen.map(({ id }) => id)).toEqual(['clock-jump', 'link-cut']);
  });

  test('an unknown one is refused, and the message lists those there are', () => {
    expect(() => chooseScenarios('quick', ['power-cat'])).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringContaining('power-cat') as unknown,
        hint: expect.stringContaining('power-cut-holder') as unknown,
      }),
    );
  });
});
