import { describe, expect, test } from 'vitest';
import { acrossFileFindings } from '../../../scripts/cluster/rules/across-files.ts';
import { minimalFile, modelOf } from '../../support/cluster/cluster-file.ts';

function cluster(
  prefix: string,
  changes: { network?: string; vrrp?: object; first?: number } = {},
) {
  const network = changes.network ?? '192.168.9';
  const first = changes.first ?? 137;
  const nodes = [0, 1].map((index) => ({
    hostname: `${prefix}-${index}`,
    address: `${network}.${first + index}/24`,
  }));
  return modelOf(minimalFile({ nodes, vrrp: { vip: `${network}.${first + 2}`, ...changes.vrrp } }));
}

function clashes(later: ReturnType<typeof cluster>, earlier = cluster('a')) {
  return acrossFileFindings({ name: 'b.yaml', cluster: later }, [
    { name: 'a.yaml', cluster: earlier },
  ]).map(({ severity, path, message }) => `${severity} ${path.join('.')}: ${message}`);
}

describe('clusters of several files', () => {
  test('one virtual_router_id on one subnet is an error', () => {
    expect(clashes(cluster('b', { first: 147 }))).toEqual([
      expect.stringMatching(
        /^error vrrp\.virtual_router_id: virtual_router_id 51 is also that of a\.yaml, on the same subnet/,
      ),
    ]);
  });

  test('one virtual_router_id on two subnets is a warning: they may share a wire', () => {
    expect(clashes(cluster('b', { network: '10.1.1' }))).toEqual([
      expect.stringMatching(/^warning vrrp\.virtual_router_id:/),
    ]);
  });

  test('different identities are fine, and so is unicast on both sides', () => {
    expect(clashes(cluster('b', { first: 147, vrrp: { virtual_router_id: 52 } }))).toEqual([]);
    const unicast = { unicast: true };
    expect(
      clashes(cluster('b', { first: 147, vrrp: unicast }), cluster('a', { vrrp: unicast })),
    ).toEqual([]);
  });

  test('addresses and host names of another file are taken', () => {
    const found = clashes(cluster('a', { first: 138, vrrp: { virtual_router_id: 52 } }));
    expect(found).toEqual([
      expect.stringContaining(
        '192.168.9.138, the address of a-0, is also the address of a-1 in a.yaml',
      ),
      expect.stringContaining('192.168.9.139, the address of a-1, is also a VIP in a.yaml'),
      expect.stringContaining('warning nodes.0.hostname'),
      expect.stringContaining('warning nodes.1.hostname'),
    ]);
  });
});
