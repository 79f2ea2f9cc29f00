import { lb1, lb2, server } from './rule-case.ts';
import type { Changes, RuleCase } from './rule-case.ts';

const backend = (address: string): Changes => ({
  service: { backends: [server('a', address), server('b', '192.168.9.131')] },
});
const dual = (mtu: number): Changes => ({
  nodes: [
    { ...lb1, address: ['192.168.9.137/24', 'fd00::137/64'] },
    { ...lb2, address: ['192.168.9.138/24', 'fd00::138/64'] },
  ],
  vrrp: { vip: ['192.168.9.139', 'fd00::139'] },
  rest: { network: { mtu } },
});
const dualVip = (vip: string): Changes => ({
  ...dual(1500),
  vrrp: { vip: ['192.168.9.139', vip] },
});
const routed = (to: string) => ({
  rest: { network: { routes: [{ to, via: '192.168.9.1' }] }, system: { ntp_servers: [] } },
});
const way = { gateway: '192.168.9.1', dns: '192.168.9.1' };

export const LINKS_CASES: readonly RuleCase[] = [
  {
    code: 'vip-prefix',
    what: 'a VIP /0',
    bad: { vrrp: { vip: '192.168.9.139/0' } },
    finding: ['error vrrp.vip', 'every address there is'],
    good: { vrrp: { vip: '192.168.9.139/32' } },
  },
  {
    code: 'vip-prefix',
    what: 'a VIP /8',
    bad: { vrrp: { vip: ['192.168.9.139/8'] } },
    finding: ['error vrrp.vip[0]', 'everything in 192.168.9.139/8'],
    good: { vrrp: { vip: ['192.168.9.139/24'] } },
  },
  {
    code: 'vip-prefix',
    what: 'a VIP /28 in a /24',
    bad: { vrrp: { vip: '192.168.9.139/28' } },
    finding: ['warning vrrp.vip', 'a second route'],
    good: {},
  },
  {
    code: 'vip-prefix',
    what: 'an IPv6 VIP /64',
    bad: dualVip('fd00::139/64'),
    finding: ['warning vrrp.vip[1]', "source of the node's own connections"],
    good: dualVip('fd00::139/128'),
  },
  {
    code: 'vip-prefix',
    what: 'a VIP /4 where DHCP says the rest',
    bad: {
      nodes: [
        { hostname: 'lb-1', dhcp: true },
        { hostname: 'lb-2', dhcp: true },
      ],
      vrrp: { vip: '192.168.9.139/4' },
    },
    finding: ['error vrrp.vip', 'everything in'],
    good: {
      nodes: [
        { hostname: 'lb-1', dhcp: true },
        { hostname: 'lb-2', dhcp: true },
      ],
    },
  },
  {
    code: 'addressing',
    what: 'a node /0',
    bad: { nodes: [{ ...lb1, address: '192.168.9.137/0' }, lb2] },
    finding: ['error nodes[0].address', 'every address there is'],
    good: {},
  },
  {
    code: 'addressing',
    what: 'nodes that disagree about their wire',
    bad: { nodes: [lb1, { ...lb2, address: '192.168.9.138/25' }] },
    finding: ['warning nodes[1].address', 'disagree about who is a neighbour'],
    good: {},
  },
  {
    code: 'foreign-bind',
    what: 'a bind to an address of nobody',
    bad: { service: { bind: '192.168.9.193:6443' } },
    finding: ['warning services[0].bind', 'an address of no node and no VIP'],
    good: { service: { bind: ['192.168.9.139:6443', '127.0.0.1:6443'] } },
  },
  {
    code: 'foreign-bind',
    what: 'a page of figures on an address of nobody',
    bad: { rest: { stats: { bind: '192.168.9.200' } } },
    finding: ['warning stats.bind', 'nobody reaches it'],
    good: { rest: { stats: { bind: '192.168.9.139' } } },
  },
  {
    code: 'unreachable',
    what: 'a backend behind no gateway',
    bad: backend('198.51.100.5'),
    finding: ['warning services[0].backends[0].address', 'there is no IPv4 gateway or route'],
    good: { ...backend('198.51.100.5'), rest: { network: way } },
  },
  {
    code: 'unreachable',
    what: 'a backend that no static route leads to',
    bad: { ...backend('198.51.100.5'), ...routed('198.51.101.0/24') },
    finding: ['warning services[0].backends[0].address', 'no IPv4 gateway or route'],
    good: { ...backend('198.51.100.5'), ...routed('198.51.100.0/24') },
  },
  {
    code: 'unreachable',
    what: 'a backend that one node alone has a static route to',
    bad: {
      ...backend('198.51.100.5'),
      nodes: [{ ...lb1, routes: [{ to: '198.51.100.0/24', via: '192.168.9.1' }] }, lb2],
    },
    finding: ['warning services[0].backends[0].address', 'is in no subnet of lb-2,'],
    good: { ...backend('198.51.100.5'), ...routed('default') },
  },
  {
    code: 'unreachable',
    what: 'time servers in the Internet behind the route to one network',
    bad: { rest: { network: { dns: '192.168.9.1', ...routed('10.0.0.0/8').rest.network } } },
    finding: ['warning network', 'out in the Internet'],
    good: { rest: { network: { dns: '192.168.9.1', ...routed('default').rest.network } } },
  },
  {
    code: 'unreachable',
    what: 'a name server behind no gateway',
    bad: { rest: { network: { dns: '9.9.9.9' }, system: { ntp_servers: [] } } },
    finding: ['warning network.dns', 'is in no subnet of lb-1 and lb-2'],
    good: { rest: { network: { ...way, dns: '9.9.9.9' } } },
  },
  {
    code: 'unreachable',
    what: 'an NTP server by name without a name server',
    bad: {
      rest: { network: { gateway: '192.168.9.1' }, system: { ntp_servers: ['time.example.org'] } },
    },
    finding: ['warning system.ntp_servers[0]', 'no name server to ask'],
    good: { rest: { network: way, system: { ntp_servers: ['time.example.org'] } } },
  },
  {
    code: 'unreachable',
    what: 'a syslog host by name without a name server',
    bad: { rest: { system: { syslog: 'log.example.org:514', ntp_servers: [] } } },
    finding: ['warning system.syslog', 'no name server to ask'],
    good: { rest: { system: { syslog: '192.168.9.10', ntp_servers: [] } } },
  },
  {
    code: 'unreachable',
    what: 'the default NTP servers without name server and gateway',
    bad: {},
    finding: ['warning nodes', 'pool.ntp.org (the default)'],
    good: { rest: { network: way } },
  },
  {
    code: 'unreachable',
    what: 'the default NTP servers without a gateway',
    bad: { rest: { network: { dns: '192.168.9.1' } } },
    finding: ['warning network', 'out in the Internet'],
    good: {
      nodes: [
        { hostname: 'lb-1', dhcp: true },
        { hostname: 'lb-2', dhcp: true },
      ],
    },
  },
  ...['ens192', 'ens18', 'enp1s0', 'eno1', 'enx001122334455', 'em1', 'p1p1'].map(
    (name): RuleCase => ({
      code: 'interface-name',
      what: `udev's ${name}`,
      bad: { rest: { network: { interface: name } } },
      finding: ['warning network.interface', "systemd's udev"],
      good: { rest: { network: { interface: 'eth1' } } },
    }),
  ),
  ...['bond0', 'br0', 'br-lan', 'dummy0', 'team0'].map((name): RuleCase => ({
    code: 'interface-name',
    what: `${name}, which nothing makes`,
    bad: { nodes: [{ ...lb1, interface: name }, lb2] },
    finding: ['warning nodes[0].interface', `nothing here makes ${name}`],
    good: { nodes: [{ ...lb1, interface: name }, lb2], rest: { overlay: 'mine' } },
  })),
  {
    code: 'interface-name',
    what: 'the loopback',
    bad: { rest: { network: { interface: 'lo' } } },
    finding: ['error network.interface', 'loopback'],
    good: {},
  },
  {
    code: 'interface-name',
    what: 'a further interface',
    bad: { nodes: [{ ...lb1, interfaces: [{ name: 'wan', address: '10.0.0.1/24' }] }, lb2] },
    finding: ['warning nodes[0].interfaces[0].name', 'calls no network card wan'],
    good: { nodes: [{ ...lb1, interfaces: [{ name: 'eth1', address: '10.0.0.1/24' }] }, lb2] },
  },
  {
    code: 'mtu',
    what: 'IPv6 and 1000 bytes',
    bad: dual(1000),
    finding: ['error network.mtu', 'switches IPv6 off'],
    good: dual(1280),
  },
];
