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
const way = { gateway: '192.168.9.1', dns: '192.168.9.1' };

/** What stands where, the address, and words of the finding. */
const SPECIAL: readonly (readonly [string, Changes, string, string])[] = [
  [
    'a backend 0.0.0.0',
    backend('0.0.0.0'),
    'error services[0].backends[0].address',
    'to connect to oneself',
  ],
  [
    'a backend in 0.0.0.0/8',
    backend('0.1.2.3'),
    'error services[0].backends[0].address',
    'no machine has it',
  ],
  ['a backend ::', backend('::'), 'error services[0].backends[0].address', 'no machine has it'],
  [
    'a backend 127.0.0.1',
    backend('127.0.0.1'),
    'error services[0].backends[0].address',
    'loopback',
  ],
  [
    'a backend 127.8.8.8',
    backend('127.8.8.8'),
    'error services[0].backends[0].address',
    'loopback',
  ],
  ['a backend ::1', backend('::1'), 'error services[0].backends[0].address', 'loopback'],
  [
    'a backend in a multicast group',
    backend('239.1.1.1'),
    'error services[0].backends[0].address',
    'multicast',
  ],
  ['a backend ff02::1', backend('ff02::1'), 'error services[0].backends[0].address', 'multicast'],
  [
    'a backend 255.255.255.255',
    backend('255.255.255.255'),
    'error services[0].backends[0].address',
    'broadcast',
  ],
  [
    'a backend ::ffff:192.0.2.1',
    backend('::ffff:192.0.2.1'),
    'error services[0].backends[0].address',
    'clothes of IPv6',
  ],
  [
    'a backend fe80::1',
    backend('fe80::1'),
    'error services[0].backends[0].address',
    'without an interface',
  ],
  [
    'a backend that is the broadcast address of the subnet',
    backend('192.168.9.255'),
    'error services[0].backends[0].address',
    'broadcast address of the subnet',
  ],
  [
    'a backend that is the subnet',
    backend('192.168.9.0'),
    'error services[0].backends[0].address',
    'network or broadcast',
  ],
  [
    'a node in the loopback',
    { nodes: [{ ...lb1, address: '127.0.0.2/8' }, lb2] },
    'error nodes[0].address',
    'loopback',
  ],
  [
    'a node in a multicast group',
    { nodes: [{ ...lb1, address: '224.0.0.5/24' }, lb2] },
    'error nodes[0].address',
    'multicast',
  ],
  ['a VIP 0.0.0.0', { vrrp: { vip: '0.0.0.0' } }, 'error vrrp.vip', 'no machine has it'],
  [
    'a VIP in the loopback',
    { vrrp: { vip: ['192.168.9.139', '127.0.0.3'] } },
    'error vrrp.vip[1]',
    'loopback',
  ],
  ['a multicast VIP', { vrrp: { vip: '224.0.0.18' } }, 'error vrrp.vip', 'multicast'],
  [
    'a gateway 0.0.0.0',
    { rest: { network: { gateway: '0.0.0.0' } } },
    'error network.gateway',
    'no machine has it',
  ],
  [
    'a gateway that is the broadcast address',
    { rest: { network: { gateway: '192.168.9.255' } } },
    'error network.gateway',
    'broadcast address of the subnet',
  ],
  [
    'a name server 0.0.0.0',
    { rest: { network: { dns: ['0.0.0.0'] } } },
    'error network.dns[0]',
    'the name server',
  ],
  [
    'a name server 127.0.0.53',
    { rest: { network: { dns: '127.0.0.53' } } },
    'warning network.dns',
    'loopback',
  ],
  [
    'an NTP server 224.0.1.1',
    { rest: { system: { ntp_servers: ['224.0.1.1'] } } },
    'error system.ntp_servers[0]',
    'multicast',
  ],
  [
    'a syslog host 255.255.255.255',
    { rest: { system: { syslog: '255.255.255.255:514' } } },
    'error system.syslog',
    'broadcast',
  ],
  [
    'a mail server 0.0.0.0',
    { vrrp: { notify: { smtp_server: '0.0.0.0 25' } } },
    'error vrrp.notify.smtp_server',
    'no machine has it',
  ],
];

export const NETWORK_CASES: readonly RuleCase[] = [
  ...SPECIAL.map(([what, bad, place, part]): RuleCase => ({
    ...{ code: 'special-address', what, bad, finding: [place, part] },
    good: { vrrp: { notify: { smtp_server: '127.0.0.1' } } },
  })),
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
    finding: ['warning services[0].backends[0].address', 'there is no IPv4 gateway'],
    good: { ...backend('198.51.100.5'), rest: { network: way } },
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
