import { describe, expect, test } from 'vitest';
import { planLan } from '../../../scripts/boot/lan/plan.ts';
import { requestedForwards, parseForward } from '../../../scripts/boot/requested-forwards.ts';
import { minimalFile, modelOf } from '../../support/cluster/cluster-file.ts';

const STATS = { port: 8404, bind: '0.0.0.0' };
const CLUSTER = modelOf(minimalFile({ rest: { stats: STATS } }));

function forwardsOf(...rules: readonly string[]): readonly string[] {
  const parsed = rules.map((rule) => parseForward(rule, CLUSTER.nodes));
  const { frontends } = planLan(CLUSTER);
  return requestedForwards(CLUSTER, CLUSTER.nodes, frontends, parsed).map(
    ({ port, exact, to }) => `${port}${exact ? '!' : ''} ${to.address}:${to.port}`,
  );
}

describe('forwardWishes', () => {
  test('the VIP, and the statistics of each node', () => {
    expect(forwardsOf()).toEqual([
      '16443 192.168.9.139:6443',
      '18404 192.168.9.137:8404',
      '18404 192.168.9.138:8404',
    ]);
  });

  test('what the user wants comes first and must be that port', () => {
    expect(forwardsOf('8443:6443', '2222:lb-2:22').slice(0, 2)).toEqual([
      '8443! 192.168.9.139:6443',
      '2222! 192.168.9.138:22',
    ]);
  });

  test('statistics for the node itself are out of reach', () => {
    const stats = { port: 8404, bind: '127.0.0.1' };
    const cluster = modelOf(minimalFile({ rest: { stats } }));
    expect(requestedForwards(cluster, cluster.nodes, [], [])).toEqual([]);
  });

  test('ssh where the images have it', () => {
    const access = { ssh_authorized_keys: [SSH_KEY] };
    const cluster = modelOf(minimalFile({ rest: { access } }));
    const [requested] = requestedForwards(cluster, cluster.nodes, [], []);
    expect(requested).toMatchObject({ port: 10_022, to: { address: '192.168.9.137', port: 22 } });
    expect(requested?.how(10_023)).toBe('lb-1: ssh -p 10023 root@127.0.0.1');
  });
});

test('ssh and statistics go to the interface for management, where the LAN has it', () => {
  const managed = (vlan?: number) => {
    const nodes = [7, 8].map((n) => ({
      ...{ hostname: `lb-${n}`, address: `192.168.9.13${n}/24` },
      interfaces: [{ name: 'eth1', address: `10.0.0.${n}/24`, vlan }],
    }));
    const access = { ssh_authorized_keys: [SSH_KEY] };
    const rest = { management: { interface: 'eth1' }, stats: {}, access };
    return modelOf(minimalFile({ nodes, rest }));
  };
  const targetsIn = (cluster: typeof CLUSTER) =>
    requestedForwards(cluster, cluster.nodes, [], []).map(({ to }) => `${to.address}:${to.port}`);
  expect(targetsIn(managed())).toEqual([
    '10.0.0.7:22',
    '10.0.0.7:8404',
    '10.0.0.8:22',
    '10.0.0.8:8404',
  ]);
  expect(planLan(managed()).managers).toEqual(['10.0.0.254/24']);
  expect(targetsIn(managed(30))).toEqual([]);
  expect(planLan(managed(30)).managers).toEqual([]);
});

const SSH_KEY = `ssh-ed25519 ${Buffer.from(`\0\0\0\u000bssh-ed25519\0\0\0 ${'k'.repeat(32)}`).toString('base64')}`;

test.each(['6443', '1:2:3:4', 'a:b', '0:6443', '70000:6443', '1024:0', '1024:lb-9:22'])(
  'refuses the rule %s',
  (rule) => {
    expect(() => parseForward(rule, CLUSTER.nodes)).toThrow(/--forward/);
  },
);
