import { describe, expect, test } from 'vitest';
import { formatExpectations } from '../../../../scripts/cluster/expectations/expectations-text.ts';
import { expectationsOf } from '../../../../scripts/cluster/expectations/expectations.ts';
import { minimalFile, modelOf } from '../../../support/cluster/cluster-file.ts';

type Changes = Parameters<typeof minimalFile>[0];
const failoverOf = (changes: Changes = {}) =>
  expectationsOf(modelOf(minimalFile(changes))).groups[0]?.failover;

describe('failover times', () => {
  test('of the reference case: 3 x 1 s + 156/256 s, after 2 s of checks where haproxy dies', () => {
    expect(failoverOf()).toEqual({
      nodeDeath: 3.61,
      haproxyDeath: 5.61,
      haproxyHang: undefined,
      cleanStop: 0.61,
      alone: false,
    });
  });

  test('of the fast profile: high priorities leave hardly any skew, a tracked process needs no check', () => {
    expect(failoverOf({ vrrp: { profile: 'fast' } })).toEqual({
      nodeDeath: 0.3,
      haproxyDeath: 0.003,
      haproxyHang: 8.3,
      cleanStop: 0.003,
      alone: false,
    });
  });

  test('of the fast profile with written priorities: the skew is a share of the advert interval', () => {
    const nodes = [
      { hostname: 'lb-1', address: '192.168.9.137/24', priority: 101 },
      { hostname: 'lb-2', address: '192.168.9.138/24', priority: 100 },
    ];
    expect(failoverOf({ nodes, vrrp: { profile: 'fast' } })).toMatchObject({
      nodeDeath: 0.36,
      cleanStop: 0.06,
    });
  });

  test('of a port check alone: the last failure takes its time where haproxy hangs', () => {
    const check = { probe: 'port', interval: 3, timeout: 2, fall: 2 };
    expect(failoverOf({ vrrp: { check } })).toMatchObject({
      haproxyDeath: 9.61,
      haproxyHang: 11.61,
    });
  });

  test('of version 2 with slow adverts: the skew stays a share of a second, as keepalived has it', () => {
    expect(failoverOf({ vrrp: { advert_int: 4 } })).toMatchObject({ nodeDeath: 12.61 });
  });

  test('of a check without weight: a fault gives the VIP up at once', () => {
    expect(failoverOf({ vrrp: { check: { weight: 0, interval: 3, fall: 2 } } })).toMatchObject({
      haproxyDeath: 6.61,
    });
  });

  test('of one node alone: none', () => {
    const nodes = [{ hostname: 'lb-1', address: '192.168.9.137/24' }];
    expect(failoverOf({ nodes })?.alone).toBe(true);
  });

  test('of the servers: inter x fall, and back after downinter x rise', () => {
    expect(expectationsOf(modelOf(minimalFile())).backends).toEqual([
      { service: 'k8s-api', death: 20, recovery: 10 },
    ]);
    const unchecked = modelOf(minimalFile({ service: { check: 'none' } }));
    expect(expectationsOf(unchecked).backends[0]?.death).toBeUndefined();
  });
});

test('the text names nodes, addresses, services and times', () => {
  const cluster = modelOf(minimalFile());
  expect(formatExpectations(cluster, expectationsOf(cluster)).join('\n')).toBe(`\
Cluster cluster: Alpine v3.24 (x86_64), mkimage engine

Nodes
  lb-1  MASTER  priority 101  eth0  192.168.9.137/24
  lb-2  BACKUP  priority 100  eth0  192.168.9.138/24

Virtual addresses
  192.168.9.139/32  VI_1  virtual_router_id 51  VRRP 2, multicast, adverts every 1 s

Services
  k8s-api  port 6443  k8s-1 192.168.9.130:6443, k8s-2 192.168.9.131:6443, k8s-3 192.168.9.132:6443

What to expect (computed from the timers)
  the MASTER dies           3.6 s   3 x advert_int 1 s + skew 0.61 s
  its haproxy dies          5.6 s   chk_haproxy: interval 2 s x fall 1, then as above
  its haproxy hangs         never   chk_haproxy looks for the process alone (check: probe)
  it is shut down           0.61 s  skew; keepalived sends priority 0
  a server of k8s-api dies  20 s    inter 10s x fall 2; until then it gets its share`);
});
