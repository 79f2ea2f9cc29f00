import { lb1, lb2, server } from './rule-case.ts';
import type { Changes, RuleCase } from './rule-case.ts';

const backend = (address: string): Changes => ({
  service: { backends: [server('a', address), server('b', '192.168.9.131')] },
});

/** What is where, the address, and words of the finding. */
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
    'IPv4-mapped',
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

export const SPECIAL_ADDRESSES_CASES: readonly RuleCase[] = SPECIAL.map(
  ([what, bad, place, part]): RuleCase => ({
    ...{ code: 'special-address', what, bad, finding: [place, part] },
    good: { vrrp: { notify: { smtp_server: '127.0.0.1' } } },
  }),
);
