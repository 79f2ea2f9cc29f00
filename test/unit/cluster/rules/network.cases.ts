import { KEY } from '../../../support/credentials.ts';
import { lb1, lb2 } from './rule-case.ts';
import type { RuleCase } from './rule-case.ts';

const MAC = '52:54:00:12:34:56';
const ACCESS = { access: { ssh_authorized_keys: [KEY] } };

const EXPORTER = { name: 'exporter', port: 9100 };
const withRoutes = (...routes: readonly Record<string, unknown>[]) => ({
  nodes: [{ ...lb1, routes }, lb2],
});
const withBond = (bond: Record<string, unknown>, node: Record<string, unknown> = {}) => ({
  nodes: [{ ...lb1, bond, ...node }, lb2],
});
const managed = (eth1: Record<string, unknown>, rest: Record<string, unknown> = ACCESS) => ({
  nodes: [
    { ...lb1, interfaces: [{ name: 'eth1', address: '10.0.0.7/24', ...eth1 }] },
    { ...lb2, interfaces: [{ name: 'eth1', address: '10.0.0.8/24' }] },
  ],
  rest: { management: { interface: 'eth1' }, ...rest },
});

export const NETWORK_CASES: readonly RuleCase[] = [
  {
    code: 'routes',
    what: 'a route by a gateway that is not on the link',
    bad: withRoutes({ to: '10.0.0.0/8', via: '192.168.8.1' }),
    finding: ['error nodes[0].routes[0].via', 'in no subnet of eth0 of lb-1'],
    good: withRoutes({ to: '10.0.0.0/8', via: '192.168.9.1' }),
  },
  {
    code: 'routes',
    what: 'a route shared by all nodes that one of them cannot have',
    bad: {
      nodes: [lb1, { ...lb2, address: '192.168.10.138/24' }],
      rest: { network: { routes: [{ to: '10.0.0.0/8', via: '192.168.9.1' }] } },
    },
    finding: ['error network.routes[0].via', 'in no subnet of eth0 of lb-2'],
    good: { rest: { network: { routes: [{ to: '10.0.0.0/8', via: '192.168.9.1' }] } } },
  },
  {
    code: 'routes',
    what: 'a route by the node itself',
    bad: withRoutes({ to: '10.0.0.0/8', via: '192.168.9.137' }),
    finding: ['error nodes[0].routes[0].via', 'the address of eth0 of lb-1 itself'],
    good: withRoutes({ to: '10.0.0.0/8', via: '192.168.9.138' }),
  },
  {
    code: 'routes',
    what: 'a route by the broadcast address',
    bad: withRoutes({ to: '10.0.0.0/8', via: '192.168.9.255' }),
    finding: ['error nodes[0].routes[0].via', 'network or broadcast address of 192.168.9.137/24'],
    good: withRoutes({ to: '10.0.0.0/8', via: '192.168.9.254' }),
  },
  {
    code: 'routes',
    what: 'host bits in the destination',
    bad: withRoutes({ to: '10.1.2.3/8', via: '192.168.9.1' }),
    finding: ['error nodes[0].routes[0].to', 'bits beyond its prefix length'],
    good: withRoutes({ to: '10.1.2.3/32', via: '192.168.9.1' }),
  },
  {
    code: 'routes',
    what: 'host bits in an IPv6 destination',
    bad: {
      nodes: [
        {
          ...lb1,
          address: ['192.168.9.137/24', 'fd00::137/64'],
          routes: [{ to: 'fd01:0:0:1::/49', via: 'fd00::1' }],
        },
        lb2,
      ],
    },
    finding: ['error nodes[0].routes[0].to', 'bits beyond its prefix length'],
    good: {
      nodes: [
        {
          ...lb1,
          address: ['192.168.9.137/24', 'fd00::137/64'],
          routes: [{ to: 'FD01::/49', via: 'fe80::1' }],
        },
        lb2,
      ],
    },
  },
  {
    code: 'routes',
    what: 'a gateway of the other family',
    bad: withRoutes({ to: 'fd01::/64', via: '192.168.9.1' }),
    finding: ['error nodes[0].routes[0].via', 'of IPv6, its gateway 192.168.9.1 of IPv4'],
    good: withRoutes({ to: '10.0.0.0/24', via: '192.168.9.1' }),
  },
  {
    code: 'routes',
    what: 'one route twice',
    bad: withRoutes(
      { to: '10.0.0.0/8', via: '192.168.9.1' },
      { to: '10.0.0.0/8', via: '192.168.9.2' },
    ),
    finding: ['error nodes[0].routes[1]', 'beside the route to 10.0.0.0/8 via 192.168.9.1'],
    good: withRoutes(
      { to: '10.0.0.0/8', via: '192.168.9.1' },
      { to: '10.0.0.0/8', via: '192.168.9.2', metric: 20 },
    ),
  },
  {
    code: 'routes',
    what: 'gateways of two interfaces',
    bad: {
      nodes: [
        {
          ...{ ...lb1, gateway: '192.168.9.1' },
          interfaces: [{ name: 'eth1', address: '10.0.0.7/24', gateway: '10.0.0.1' }],
        },
        lb2,
      ],
    },
    finding: ['error nodes[0].interfaces[0].gateway', 'beside the gateway 192.168.9.1 of eth0'],
    good: {
      nodes: [
        {
          ...{ ...lb1, gateway: '192.168.9.1' },
          interfaces: [
            {
              ...{ name: 'eth1', address: '10.0.0.7/24' },
              routes: [{ to: 'default', via: '10.0.0.1', metric: 10 }],
            },
          ],
        },
        lb2,
      ],
    },
  },
  {
    code: 'cards',
    what: 'one MAC address on two nodes',
    bad: {
      nodes: [
        { ...lb1, mac: MAC },
        { ...lb2, mac: MAC.replaceAll(':', '-') },
      ],
    },
    finding: ['error nodes[1].mac', 'is also that of eth0 of lb-1'],
    good: {
      nodes: [
        { ...lb1, mac: MAC },
        { ...lb2, mac: '52:54:00:12:34:57' },
      ],
    },
  },
  {
    code: 'cards',
    what: 'two MAC addresses of one card',
    bad: {
      nodes: [
        {
          hostname: 'lb-1',
          interfaces: [
            { name: 'eth0', vlan: 10, mac: MAC, address: '192.168.9.137/24' },
            { name: 'eth0', vlan: 20, mac: '52:54:00:12:34:57', address: '10.0.0.7/24' },
          ],
        },
        lb2,
      ],
    },
    finding: ['error nodes[0].interfaces[1].mac', 'has two MAC addresses'],
    good: {
      nodes: [
        {
          hostname: 'lb-1',
          interfaces: [
            { name: 'eth0', vlan: 10, mac: MAC, address: '192.168.9.137/24' },
            { name: 'eth0', vlan: 20, address: '10.0.0.7/24' },
          ],
        },
        lb2,
      ],
    },
  },
  {
    code: 'cards',
    what: 'a MAC address of a bond',
    bad: withBond({ members: ['eth0', 'eth1'] }, { mac: MAC }),
    finding: ['error nodes[0].mac', 'not found by a MAC address'],
    good: withBond({
      members: [
        { name: 'eth0', mac: MAC },
        { name: 'eth1', mac: '52:54:00:12:34:57' },
      ],
    }),
  },
  {
    code: 'cards',
    what: 'a card without a MAC address beside one with',
    bad: withBond({ members: ['eth0', { name: 'eth1', mac: MAC }] }),
    finding: ['warning nodes[0]', 'eth0 by the kernel, which may mean another one'],
    good: withBond({ members: ['eth0', 'eth1'] }),
  },
  {
    code: 'management',
    what: 'an interface for management that a node lacks',
    bad: { rest: { management: { interface: 'eth1' }, ...ACCESS } },
    finding: ['error management.interface', 'lb-1 has no interface eth1'],
    good: managed({}),
  },
  {
    code: 'management',
    what: 'management where the VIP is',
    bad: { rest: { management: { interface: 'eth0' }, ...ACCESS } },
    finding: ['error management.interface', 'carries the VIP'],
    good: managed({}),
  },
  {
    code: 'management',
    what: 'management by DHCP',
    bad: managed({ address: undefined, dhcp: true }),
    finding: ['error management.interface', 'takes its address from DHCP'],
    good: managed({}),
  },
  {
    code: 'management',
    what: 'stats that listen elsewhere',
    bad: managed({}, { stats: { bind: '*' } }),
    finding: ['error stats.bind', 'management.interface says eth1 alone'],
    good: managed({}, { stats: {} }),
  },
  {
    code: 'management',
    what: 'management of nothing',
    bad: managed({}, {}),
    finding: ['warning management.interface', 'nothing listens there'],
    good: managed({}, { stats: { bind: '127.0.0.1' } }),
  },
  {
    code: 'management',
    what: 'management of ports that are open elsewhere',
    bad: managed({}, { firewall: { ports: [EXPORTER] } }),
    finding: ['warning management.interface', 'nothing listens there'],
    good: managed({}, { firewall: { ports: [{ ...EXPORTER, open_on: 'management' }] } }),
  },
  {
    code: 'management',
    what: 'a port open on management alone, and there is none',
    bad: { rest: { firewall: { ports: [{ ...EXPORTER, open_on: 'management' }] } } },
    finding: [
      'error firewall.ports[0].open_on',
      'exporter is to be open on the interface for management',
    ],
    good: { rest: { firewall: { ports: [{ ...EXPORTER, open_on: 'all' }] } } },
  },
];
