import { cases, ONE, TWO } from './input-case.ts';

const GROUPS = (first: string, second: string) => ({
  vrrp: `[{name: a, vip: 192.168.9.139, ${first}}, {name: b, ${second}}]`,
  service: 'vrrp: [a, b]',
});
const vrrp = (more: string) => ({ vrrp: `{vip: 192.168.9.139, ${more}}` });
const eth1 = (address: string) => `interfaces: [{name: eth1, address: ${address}}]`;
const firewall = (more: string) => ({ rest: `firewall: {ports: [{name: x, ${more}}]}\n` });

/** VRRP groups and scripts, and what the packet filter lets in. */
export const GROUP_INPUTS = cases([
  [
    'two groups of one id',
    GROUPS('virtual_router_id: 60', 'vip: 192.168.9.140, virtual_router_id: 60'),
    '4 duplicate',
  ],
  [
    'two groups of one id in two networks',
    {
      ...GROUPS('virtual_router_id: 60', 'vip: 10.1.0.140, interface: eth1, virtual_router_id: 60'),
      one: `${ONE}, ${eth1('10.1.0.1/24')}`,
      two: `${TWO}, ${eth1('10.1.0.2/24')}`,
    },
  ],
  [
    'two groups of one id with MAC addresses of their own',
    {
      ...GROUPS(
        'virtual_router_id: 60, use_vmac: true',
        'vip: 10.1.0.140, interface: eth1, virtual_router_id: 60, use_vmac: true',
      ),
      one: `${ONE}, ${eth1('10.1.0.1/24')}`,
      two: `${TWO}, ${eth1('10.1.0.2/24')}`,
    },
  ],
  ['two groups with the default id', GROUPS('owner: lb-1', 'vip: 192.168.9.140, owner: lb-2')],
  [
    'a group without a name',
    { vrrp: '[{vip: 192.168.9.139}, {name: b, vip: 192.168.9.140}]', service: 'vrrp: b' },
    '4 vrrp-groups',
  ],
  [
    'a group that no service uses',
    { ...GROUPS('owner: lb-1', 'vip: 192.168.9.140'), service: 'vrrp: a' },
    '4 vrrp-groups',
  ],
  ['an owner that is no node', vrrp('owner: lb-9'), '4 vrrp-groups'],
  [
    'unicast without a peer',
    { ...vrrp('unicast: true'), two: 'hostname: lb-2, dhcp: true' },
    '4 unicast-dhcp',
  ],
  [
    'unicast of one node alone',
    `nodes:\n  - {${ONE}}\nvrrp: {vip: 192.168.9.139, unicast: true}\nservices: [{backends: [{name: a, address: 192.168.9.130}]}]\n`,
    '3 advert',
  ],
  [
    'unicast to a peer on another interface',
    { ...vrrp('unicast: true'), two: 'hostname: lb-2, interface: eth1, address: 192.168.9.138/24' },
  ],
  ['a password of 9 characters', vrrp('auth_pass: ninechars'), '4 auth'],
  ['a password with a blank', vrrp('auth_pass: "two word"'), '4 auth'],
  ['a password that is a switch to YAML 1.1', vrrp('auth_pass: yes')],
  ['priority 255', { one: `${ONE}, priority: 255` }, '2 roles'],
  ['a role in small letters', { one: `${ONE}, role: master` }, '2 invalid-value'],
  [
    'a script that takes longer than its interval',
    vrrp('scripts: [{name: x, run: /bin/true, interval: 2, timeout: 3}]'),
    '4 track-script',
  ],
  [
    'a script with quotes and a comment sign',
    vrrp(`scripts: [{name: x, run: 'sh -c "exit 0" # it''s fine'}]`),
  ],
  [
    'a script of an account that is not there',
    vrrp('scripts: [{name: x, run: /bin/true, user: ops}]'),
    '4 script-user',
  ],
  [
    'a network among the networks that it is in',
    firewall('port: 9100, from: [192.168.0.0/16, 192.168.9.0/24]'),
  ],
  [
    'a network twice',
    firewall('port: [161, 161], protocol: udp, from: [192.168.9.0/24, 192.168.9.0/24]'),
  ],
  ['a network by one of its addresses', firewall('port: 9100, from: [192.168.9.5/24]')],
  ['a port of the firewall as text', firewall('port: "9100"'), '7 wrong-type'],
  ['all networks', { rest: 'firewall: {allow_management: [0.0.0.0/0, "::/0"]}\n' }],
  [
    'loss that no timers keep',
    { rest: 'slo: {proxy_loss: "1ms"}\n', vrrp: '{vip: 192.168.9.139, advert_int: 1}' },
    '4 slo',
  ],
]);
