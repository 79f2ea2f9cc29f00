import { cases, ONE, SIX, TWO } from './input-case.ts';

const bond = (own: string, members = 'eth0, eth1') =>
  `${own}, bond: {mode: 802.3ad, members: [${members}]}`;
const network = (more: string) => ({ rest: `network: {${more}}\n` });

/** Addresses, links and routes. */
export const NETWORK_INPUTS = cases([
  ['IPv6 alone', SIX],
  ['IPv6 alone by unicast', { ...SIX, vrrp: '{vip: "fd00:9::139", unicast: true}' }],
  [
    'IPv6 alone with a MAC address of its own',
    { ...SIX, vrrp: '{vip: "fd00:9::139", use_vmac: true}' },
  ],
  ['IPv6 alone with VRRP 2', { ...SIX, vrrp: '{vip: "fd00:9::139", version: 2}' }, '4 advert'],
  [
    'IPv6 alone with a password',
    { ...SIX, vrrp: '{vip: "fd00:9::139", auth_pass: secret}' },
    '4 auth',
  ],
  [
    'one address in two spellings',
    { ...SIX, two: 'hostname: lb-2, address: "FD00:9:0:0::0137/64"' },
    '3 duplicate',
  ],
  [
    'one VIP in two spellings',
    { ...SIX, vrrp: '{vip: ["fd00:9::139", "FD00:9:0::0139"]}' },
    '4 duplicate',
  ],
  [
    'one server in two spellings',
    { ...SIX, backends: '{name: a, address: "fd00:9::130"}, {name: b, address: "fd00:9::0:130"}' },
    '6 duplicate',
  ],
  [
    'a port of IPv6 without brackets',
    {
      ...SIX,
      backends: '{name: a, address: "fd00:9::130:6443"}, {name: b, address: "fd00:9::131"}',
    },
    '6 servers',
  ],
  [
    'a port of IPv6 in brackets',
    {
      ...SIX,
      backends: '{name: a, address: "[fd00:9::130]:6443"}, {name: b, address: "fd00:9::131"}',
    },
  ],
  ['an IPv4-mapped VIP', { vrrp: '{vip: "::ffff:192.168.9.139"}' }, '4 special-address'],
  [
    'an IPv4-mapped node',
    { one: 'hostname: lb-1, address: "::ffff:192.168.9.137/120"' },
    '2 special-address',
  ],
  [
    'an address of a link with its zone',
    { backends: '{name: a, address: "fe80::1%eth0"}' },
    '6 invalid-value',
  ],
  ['a VIP with zeros in front', { vrrp: '{vip: 192.168.09.139}' }, '4 invalid-value'],
  ['a VIP with a netmask', { vrrp: '{vip: 192.168.9.139/255.255.255.0}' }, '4 invalid-value'],
  ['two VIPs in one text', { vrrp: '{vip: "192.168.9.139, 192.168.9.140"}' }, '4 invalid-value'],
  [
    'the gateway for a VIP',
    { vrrp: '{vip: 192.168.9.1}', rest: 'network: {gateway: 192.168.9.1}\n' },
    '4 vip-subnet',
  ],
  [
    'a /31 that has no place for a VIP',
    {
      one: 'hostname: lb-1, address: 192.168.9.136/31',
      two: 'hostname: lb-2, address: 192.168.9.137/31',
    },
    '4 vip-subnet',
  ],
  [
    'a /31 beside the LAN',
    {
      one: `${ONE}, interfaces: [{name: eth1, address: 10.0.0.0/31}]`,
      two: `${TWO}, interfaces: [{name: eth1, address: 10.0.0.1/31}]`,
    },
  ],
  [
    'a /127 beside the LAN',
    {
      one: `${ONE}, interfaces: [{name: eth1, address: "fd00:a::2/127"}]`,
      two: `${TWO}, interfaces: [{name: eth1, address: "fd00:a::3/127"}]`,
    },
  ],
  [
    'a /32 without a subnet',
    { one: 'hostname: lb-1, address: 192.168.9.137/32, gateway: 192.168.9.1' },
    '2 addressing',
  ],
  ['a VLAN on a bond', { one: `${bond(ONE)}, vlan: 20`, two: `${bond(TWO)}, vlan: 20` }],
  [
    'two VLANs on the bonds of a pair',
    { one: `${bond(ONE)}, vlan: 20`, two: `${bond(TWO)}, vlan: 21` },
    '3 addressing',
  ],
  ['a VLAN as a member of a bond', { one: bond(ONE, 'eth0.20, eth1'), two: bond(TWO) }, '2 bond'],
  [
    'a bond with a number for its mode',
    { one: `${ONE}, bond: {mode: 4, members: [eth0, eth1]}` },
    '2 invalid-value',
  ],
  [
    'VLAN 4094 of a long name',
    { ...network('interface: enxaabbccddeeff, vlan: 4094') },
    '2 addressing',
  ],
  ['VLAN 4095', network('vlan: 4095'), '7 invalid-value'],
  ['a VLAN as text', network('vlan: "20"'), '7 wrong-type'],
  [
    'a card by its MAC address in capitals',
    { one: `${ONE}, mac: 52-54-00-AB-CD-EF`, two: `${TWO}, mac: "52:54:00:ab:cd:ee"` },
  ],
  [
    'one card in two spellings',
    { one: `${ONE}, mac: 52-54-00-AB-CD-EF`, two: `${TWO}, mac: "52:54:00:ab:cd:ef"` },
    '3 cards',
  ],
  [
    'the MAC address of a virtual router',
    { one: `${ONE}, mac: "00:00:5E:00:01:33"` },
    '2 invalid-value',
  ],
  ['a MAC address in three parts', { one: `${ONE}, mac: 5254.00ab.cdef` }, '2 invalid-value'],
  ['an alias of an interface', network('interface: "eth0:1"'), '7 invalid-value'],
  [
    'a route with bits beyond its prefix',
    network('routes: [{to: 10.0.0.1/8, via: 192.168.9.2}]'),
    '7 routes',
  ],
  [
    'a default route beside the gateway',
    network('gateway: 192.168.9.1, routes: [{to: default, via: 192.168.9.2, metric: 10}]'),
  ],
  ['IPv6 in 1279 bytes', { ...SIX, rest: 'network: {mtu: 1279}\n' }, '7 mtu'],
]);
