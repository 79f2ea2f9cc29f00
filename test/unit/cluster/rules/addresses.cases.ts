import { lb1, lb2 } from './rule-case.ts';
import type { RuleCase } from './rule-case.ts';

export const ADDRESSES_CASES: readonly RuleCase[] = [
  {
    code: 'vip-subnet',
    what: "a VIP outside the interface's subnet",
    bad: { vrrp: { vip: '192.168.10.139' } },
    finding: ['error vrrp.vip', 'outside the subnet of eth0 of lb-1 (192.168.9.137/24)'],
    good: { vrrp: { vip: '192.168.9.200' } },
  },
  {
    code: 'vip-subnet',
    what: 'a VIP that a node has',
    bad: { vrrp: { vip: '192.168.9.138' } },
    finding: ['error vrrp.vip', 'also the address of lb-2'],
    good: {},
  },
  {
    code: 'vip-subnet',
    what: 'a VIP that the gateway has',
    bad: { rest: { network: { gateway: '192.168.9.139' } } },
    finding: ['error vrrp.vip', 'also the gateway of lb-1'],
    good: { rest: { network: { gateway: '192.168.9.1' } } },
  },
  {
    code: 'vip-subnet',
    what: 'a VIP that a DNS server has',
    bad: { rest: { network: { dns: '192.168.9.139' } } },
    finding: ['error vrrp.vip', 'also a DNS server of lb-1'],
    good: { rest: { network: { dns: '192.168.9.1' } } },
  },
  {
    code: 'vip-subnet',
    what: 'a VIP that a backend has',
    bad: { vrrp: { vip: '192.168.9.130' } },
    finding: ['error vrrp.vip', 'also the backend k8s-1'],
    good: {},
  },
  {
    code: 'vip-subnet',
    what: 'the broadcast address as VIP',
    bad: { vrrp: { vip: '192.168.9.255' } },
    finding: ['error vrrp.vip', 'network or broadcast address'],
    good: { vrrp: { vip: '192.168.9.254' } },
  },
  {
    code: 'vip-subnet',
    what: 'a VIP of a family that the nodes lack',
    bad: { vrrp: { vip: ['192.168.9.139', 'fd00::139'] } },
    finding: ['error vrrp.vip[1]', 'has no IPv6 address'],
    good: {
      nodes: [
        { ...lb1, address: ['192.168.9.137/24', 'fd00::137/64'] },
        { ...lb2, address: ['192.168.9.138/24', 'fd00::138/64'] },
      ],
      vrrp: { vip: ['192.168.9.139', 'fd00::139'] },
    },
  },
  {
    code: 'addressing',
    what: 'a node without an address',
    bad: { nodes: [{ hostname: 'lb-1' }, lb2] },
    finding: ['error nodes[0]', 'eth0 of lb-1 has no address'],
    good: { nodes: [{ hostname: 'lb-1', dhcp: true }, lb2] },
  },
  {
    code: 'addressing',
    what: 'a static address and DHCP',
    bad: { nodes: [{ ...lb1, dhcp: true }, lb2] },
    finding: ['error nodes[0].dhcp', 'a static address and dhcp'],
    good: {},
  },
  {
    code: 'addressing',
    what: 'a gateway out of reach',
    bad: { rest: { network: { gateway: '192.168.8.1' } } },
    finding: ['error network.gateway', 'in no subnet of eth0 of lb-1'],
    good: { rest: { network: { gateway: '192.168.9.1' } } },
  },
  {
    code: 'addressing',
    what: 'two gateways of one family',
    bad: { rest: { network: { gateway: ['192.168.9.1', '192.168.9.2'] } } },
    finding: ['error network.gateway', 'two default gateways'],
    good: { rest: { network: { gateway: ['192.168.9.1', 'fe80::1'] } } },
  },
  {
    code: 'addressing',
    what: 'VRRP on an interface that a node lacks',
    bad: { vrrp: { interface: 'eth7' } },
    finding: ['error nodes[0]', 'lb-1 has no interface eth7'],
    good: { vrrp: { interface: 'eth0' } },
  },
  {
    code: 'addressing',
    what: 'the network address as a host',
    bad: { nodes: [{ ...lb1, address: '192.168.9.0/24' }, lb2] },
    finding: ['error nodes[0].address', 'network or broadcast address'],
    good: {
      nodes: [
        { ...lb1, address: '192.168.9.0/23' },
        { ...lb2, address: '192.168.9.138/23' },
      ],
    },
  },
];
