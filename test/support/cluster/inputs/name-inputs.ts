import { cases } from './input-case.ts';

const named = (hostname: string) => ({ one: `hostname: ${hostname}, address: 192.168.9.137/24` });
const server = (address: string, more = '') => ({
  backends: `{name: a, address: ${address}${more}}, {name: b, address: 192.168.9.131}`,
  rest: 'network: {dns: [192.168.9.1]}\n',
});
const ntp = (host: string) => ({
  rest: `network: {dns: [192.168.9.1]}\nsystem: {ntp_servers: [${host}]}\n`,
});

/** Names of hosts, and where they stand. */
export const NAME_INPUTS = cases([
  ['a node called 12', named('"12"'), '2 reserved-name'],
  ['a node called 0x1f', named('"0x1f"'), '2 reserved-name'],
  ['a node called 1e3', named('1e3'), '2 wrong-type'],
  ['a node called on', named('on')],
  ['a node called by a domain', named('lb-1.example.org'), '2 invalid-value'],
  ['a node in capitals', named('LB-1'), '2 invalid-value'],
  ['a node of another alphabet', named('b\u00fccher'), '2 invalid-value'],
  ['the same as DNS writes it', named('xn--bcher-kva')],
  ['a node of 63 letters', named('a'.repeat(63))],
  ['a node of 64 letters', named('a'.repeat(64)), '2 invalid-value'],
  ['a server of another alphabet', server('m\u00fcnchen.example.org'), '6 invalid-value'],
  ['a server with a dot at the end', server('api-1.example.org.')],
  ['a server whose name ends in a number', server('api.1'), '6 invalid-value'],
  ['a server in hexadecimal', server('"0xC0A80982"'), '6 invalid-value'],
  ['three parts of an address', server('192.168.9'), '6 invalid-value'],
  ['an address with zeros in front', server('192.168.009.130'), '6 invalid-value'],
  ['a URL for a server', server('"https://192.168.9.130:6443"'), '6 invalid-value'],
  ['a server with two ports', server('"192.168.9.130:6443"', ', port: 6444'), '6 invalid-value'],
  ['a server with one port written twice', server('"192.168.9.130:6443"', ', port: 6443')],
  ['an NTP server with a dot at the end', ntp('ntp.example.org.')],
  ['an NTP server in brackets', ntp('"[fd00::1]"'), '8 invalid-value'],
  ['an NTP server with zeros in front', ntp('192.168.009.001'), '8 invalid-value'],
  ['a label of 64 letters', ntp(`${'a'.repeat(64)}.example.org`), '8 invalid-value'],
  ['a name server by name', { rest: 'network: {dns: [dns.example.org]}\n' }, '7 invalid-value'],
  [
    'a log receiver as a URL',
    { rest: 'system: {syslog: "udp://192.168.9.10:514"}\n' },
    '7 invalid-value',
  ],
  [
    'mail to a broken domain',
    { vrrp: '{vip: 192.168.9.139, notify: {notification_email: ops@example..org}}' },
    '4 invalid-value',
  ],
  [
    'mail to a name in brackets',
    { vrrp: '{vip: 192.168.9.139, notify: {notification_email: Ops <ops@example.org>}}' },
    '4 invalid-value',
  ],
  [
    'mail to a tagged address',
    { vrrp: '{vip: 192.168.9.139, notify: {notification_email: ops+lb@example.org}}' },
  ],
  [
    'a check for any host',
    { service: 'check: {type: https, host: "*.example.org"}' },
    '6 invalid-value',
  ],
  [
    'a check for a host with a dot at the end',
    { service: 'check: {type: https, host: kubernetes.}' },
  ],
]);
