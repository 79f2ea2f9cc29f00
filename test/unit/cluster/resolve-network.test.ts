import { describe, expect, test } from 'vitest';
import type { VrrpModel } from '../../../scripts/cluster/vrrp-model.ts';
import { minimalFile, modelOf } from '../../support/cluster/cluster-file.ts';

const lb = (number: number, more: object = {}) => ({
  hostname: `lb-${number}`,
  address: `192.168.9.${number}/24`,
  ...more,
});

describe('virtual addresses', () => {
  const dualNodes = [
    { hostname: 'lb-1', address: ['192.168.9.137/24', 'fd00::137/64'] },
    { hostname: 'lb-2', address: ['192.168.9.138/24', 'fd00::138/64'] },
  ];

  test('make one instance per family, and IPv6 asks for version 3', () => {
    const [group] = modelOf(
      minimalFile({ nodes: dualNodes, vrrp: { vip: ['fd00:0::139', '192.168.9.139'] } }),
    ).vrrp.groups;
    expect(group.version).toBe(3);
    expect(group.instances).toEqual([
      { name: 'VI_1', family: 4, virtualRouterId: 51, addresses: ['192.168.9.139/32'] },
      { name: 'VI_2', family: 6, virtualRouterId: 51, addresses: ['fd00::139/128'] },
    ]);
  });

  test('keep a prefix that is written', () => {
    const vip = ['192.168.9.139/24', '192.168.9.140'];
    const [group] = modelOf(minimalFile({ vrrp: { vip } })).vrrp.groups;
    expect(group.instances[0]?.addresses).toEqual(['192.168.9.139/24', '192.168.9.140/32']);
  });
});

describe('interfaces', () => {
  const carriers = ({ groups }: VrrpModel) => groups[0].members.map((it) => it.interface);

  test('shared values stand in for what a node leaves out', () => {
    const network = {
      interface: 'ens18',
      gateway: ['192.168.9.1', 'fe80::1'],
      dns: '192.168.9.2',
      mtu: 9000,
      vlan: 20,
    };
    const { nodes, vrrp } = modelOf(
      minimalFile({
        nodes: [lb(11), lb(12, { interface: 'eth0', vlan: 30, dns: ['1.1.1.1'] })],
        rest: { network },
      }),
    );
    expect(nodes[0]).toMatchObject({
      dns: ['192.168.9.2'],
      interfaces: [
        {
          name: 'ens18.20',
          vlan: { id: 20, parent: 'ens18' },
          mtu: 9000,
          gateway4: '192.168.9.1',
          gateway6: 'fe80::1',
        },
      ],
    });
    expect(nodes[1]).toMatchObject({ dns: ['1.1.1.1'] });
    expect(carriers(vrrp)).toEqual(['ens18.20', 'eth0.30']);
  });

  test('further interfaces keep to themselves, and VRRP may run on one of them', () => {
    const node = (number: number) => ({
      hostname: `lb-${number}`,
      dhcp: true,
      interfaces: [{ name: 'eth1', address: `192.168.9.${number}/24`, vlan: 9 }],
    });
    const { nodes, vrrp } = modelOf(
      minimalFile({
        nodes: [node(1), node(2)],
        vrrp: { interface: 'eth1' },
        rest: { network: { mtu: 1400 } },
      }),
    );
    expect(carriers(vrrp)).toEqual(['eth1.9', 'eth1.9']);
    expect(nodes[0]?.interfaces).toMatchObject([
      { name: 'eth0', dhcp: true, mtu: 1400 },
      { name: 'eth1.9', dhcp: false, mtu: undefined },
    ]);
  });

  test('a node with a list of interfaces alone takes the first for VRRP', () => {
    const node = (number: number) => ({
      hostname: `lb-${number}`,
      interfaces: [{ name: 'eth3', address: `192.168.9.${number}/24` }],
    });
    const { nodes, vrrp } = modelOf(minimalFile({ nodes: [node(1), node(2)] }));
    expect(nodes[0]).toMatchObject({ interfaces: [{ name: 'eth3' }] });
    expect(carriers(vrrp)).toEqual(['eth3', 'eth3']);
  });
});
