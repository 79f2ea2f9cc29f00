import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { ClusterModel } from '../../../scripts/cluster/model.ts';
import { chooseScenarios } from '../../../scripts/prove/scenarios/choose.ts';
import { chooseVariants, variantText } from '../../../scripts/prove/variants.ts';
import { minimalFile, parseText } from '../../support/cluster/cluster-file.ts';

const TEXT = stringify(minimalFile());
const STARTER = readFileSync(
  path.join(import.meta.dirname, '../../../profiles/starter/cluster.yaml'),
  'utf8',
);
const ALL = chooseVariants('full', []);

function variantOf(id: string, text = TEXT): ClusterModel | string {
  const [variant] = chooseVariants('quick', [id]);
  if (variant === undefined) throw new Error(`there is no variant ${id}`);
  const changed = variantText(text, variant);
  if (!changed.ok) return changed.reason;
  const parsed = parseText(changed.text);
  if (parsed.ok) return parsed.cluster;
  throw new Error(parsed.diagnostics.map(({ message }) => message).join('\n'));
}

describe('the variants of the matrix', () => {
  test.each(ALL.map(({ id }) => id))('%s makes a good cluster of the reference case', (id) => {
    expect(variantOf(id)).toMatchObject({ name: expect.any(String) as unknown });
  });

  test.each(ALL.map(({ id }) => id))('%s makes a good cluster of the starter file', (id) => {
    expect(variantOf(id, STARTER)).toMatchObject({ name: expect.any(String) as unknown });
  });

  test('each is tried by faults that there are', () => {
    for (const { id, faults } of ALL)
      expect(chooseScenarios('full', faults).length, id).toBe(faults.length);
  });

  test('they set what they are named after', () => {
    expect(variantOf('v3-200ms')).toMatchObject({
      vrrp: { groups: [{ version: 3, advertInt: 0.2 }] },
    });
    expect(variantOf('unicast')).toMatchObject({ vrrp: { groups: [{ transport: 'unicast' }] } });
    expect(variantOf('nopreempt')).toMatchObject({
      vrrp: { groups: [{ preempt: { mode: 'nopreempt' } }] },
    });
    expect(variantOf('dual-stack')).toMatchObject({
      vrrp: { groups: [{ instances: [{ family: 4 }, { family: 6 }] }] },
    });
    expect(variantOf('active-active')).toMatchObject({
      vrrp: { groups: [{ name: 'first' }, { name: 'second' }] },
      services: [{ groups: ['first', 'second'] }],
    });
    expect(variantOf('third-node')).toMatchObject({ nodes: { length: 3 } });
    for (const text of [TEXT, STARTER])
      expect(variantOf('dns-backends', text)).toMatchObject({
        nodes: [{ dns: { length: 1 } }, { dns: { length: 1 } }],
        services: [{ backends: [{ address: 'backend-1.proof.test' }, {}, {}] }],
      });
    const onBond = { name: 'bond0', bond: { members: [{ name: 'eth0' }, { name: 'eth1' }] } };
    for (const text of [TEXT, STARTER])
      expect(variantOf('bond', text)).toMatchObject({
        nodes: [{ interfaces: [onBond] }, { interfaces: [onBond] }],
        vrrp: { groups: [{ members: [{ interface: 'bond0' }, { interface: 'bond0' }] }] },
      });
  });

  test('a password of VRRP 2 does not stand in the way of VRRP 3', () => {
    const file = minimalFile({ vrrp: { version: 2, auth_pass: { env: 'PASSWORD' } } });
    expect(variantOf('v3-200ms', stringify(file))).toMatchObject({
      vrrp: { groups: [{ version: 3 }] },
    });
  });

  test('what a cluster file is already is left out, with a reason', () => {
    const three = [1, 2, 3].map((n) => ({ hostname: `lb-${n}`, address: `192.168.9.13${n}/24` }));
    expect(variantOf('third-node', stringify(minimalFile({ nodes: three })))).toBe(
      'the cluster file has three nodes itself',
    );
  });

  test('a node with further interfaces is left out of the bond', () => {
    const interfaces = [{ name: 'eth1', address: '10.0.0.7/24' }];
    const one = { hostname: 'lb-1', address: '192.168.9.137/24', interfaces };
    const two = { hostname: 'lb-2', address: '192.168.9.138/24' };
    const text = stringify(minimalFile({ nodes: [one, two] }));
    expect(variantOf('bond', text)).toMatch('a node has further interfaces');
  });

  test('the quick set has none; unknown ones are refused', () => {
    expect(chooseVariants('quick', [])).toEqual([]);
    expect(() => chooseVariants('quick', ['v4'])).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});
