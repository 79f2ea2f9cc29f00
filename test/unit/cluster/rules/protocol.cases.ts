import { lb1, lb2 } from './rule-case.ts';
import type { RuleCase } from './rule-case.ts';

export const PROTOCOL_CASES: readonly RuleCase[] = [
  {
    code: 'auth',
    what: 'a password of nine characters',
    bad: { vrrp: { auth_pass: { env: 'LONG' } } },
    finding: ['error vrrp.auth_pass', 'has 9 characters; keepalived uses the first 8'],
    good: { vrrp: { auth_pass: { env: 'SHORT' } } },
    world: { env: { LONG: '123456789', SHORT: '12345678' } },
  },
  {
    code: 'auth',
    what: 'a password that keepalived.conf would cut',
    bad: { vrrp: { auth_pass: { env: 'HASH' } } },
    finding: ['error vrrp.auth_pass', 'reads as something else'],
    good: { vrrp: { auth_pass: { env: 'PLAIN' } } },
    world: { env: { HASH: 'ab#cd', PLAIN: 'ab-cd' } },
  },
  {
    code: 'auth',
    what: 'a password with VRRP 3',
    bad: { vrrp: { version: 3, auth_pass: { env: 'PASS' } } },
    finding: ['error vrrp.auth_pass', 'version 3 has no authentication'],
    good: { vrrp: { version: 2, auth_pass: { env: 'PASS' } } },
    world: { env: { PASS: 'secret' } },
  },
  {
    code: 'auth',
    what: 'a word of keepalived 2.4 in raw lines',
    bad: { rest: { raw: { keepalived: { vrrp_instance: ['auth_hmac sha256 x'] } } } },
    finding: ['warning raw.keepalived.vrrp_instance[0]', 'auth_hmac needs keepalived 2.4'],
    good: { rest: { raw: { keepalived: { vrrp_instance: ['garp_lower_prio_repeat 1'] } } } },
  },
  {
    code: 'haproxy-words',
    what: 'a word that haproxy 3.4 warns of in raw lines',
    bad: { rest: { raw: { haproxy: { global: ['tune.bufsize 32768', 'master-worker'] } } } },
    finding: ['warning raw.haproxy.global[1]', 'haproxy 3.3 and newer warn of "master-worker"'],
    good: {
      rest: { alpine: { branch: 'v3.22' }, raw: { haproxy: { global: ['master-worker'] } } },
    },
  },
  {
    code: 'advert',
    what: 'a fraction of a second with VRRP 2',
    bad: { vrrp: { advert_int: 0.5 } },
    finding: ['error vrrp.advert_int', 'cannot carry an advert_int of 0.5'],
    good: { vrrp: { version: 3, advert_int: 0.5 } },
  },
  {
    code: 'advert',
    what: 'more than VRRP 2 can carry',
    bad: { vrrp: { advert_int: 256 } },
    finding: ['error vrrp.advert_int', 'above 255'],
    good: { vrrp: { advert_int: 255 } },
  },
  {
    code: 'advert',
    what: 'more than VRRP 3 can carry',
    bad: { vrrp: { version: 3, advert_int: 41 } },
    finding: ['error vrrp.advert_int', 'outside 0.01 to 40.95'],
    good: { vrrp: { version: 3, advert_int: 40.95 } },
  },
  {
    code: 'advert',
    what: 'finer than VRRP 3 counts',
    bad: { vrrp: { version: 3, advert_int: 0.155 } },
    finding: ['error vrrp.advert_int', 'counts in 0.01 s'],
    good: { vrrp: { version: 3, advert_int: 0.15 } },
  },
  {
    code: 'advert',
    what: 'under a tenth of a second',
    bad: { vrrp: { version: 3, advert_int: 0.05 } },
    finding: ['warning vrrp.advert_int', 'a pause of 0.15 s moves the VIP'],
    good: { vrrp: { profile: 'fast' } },
  },
  {
    code: 'advert',
    what: 'VRRP 2 with an IPv6 VIP',
    bad: {
      nodes: [
        { ...lb1, address: 'fd00::1/64' },
        { ...lb2, address: 'fd00::2/64' },
      ],
      vrrp: { vip: 'fd00::9', version: 2 },
    },
    finding: ['error vrrp.version', 'for IPv4 alone'],
    good: {
      nodes: [
        { ...lb1, address: 'fd00::1/64' },
        { ...lb2, address: 'fd00::2/64' },
      ],
      vrrp: { vip: 'fd00::9' },
    },
  },
  {
    code: 'unicast-dhcp',
    what: 'unicast to a node with DHCP',
    bad: { nodes: [lb1, { hostname: 'lb-2', dhcp: true }], vrrp: { unicast: true } },
    finding: ['error vrrp.unicast', 'lb-2 takes its address from DHCP'],
    good: { vrrp: { unicast: true } },
  },
  {
    code: 'flap',
    what: 'a track script that asks the API',
    bad: {
      rest: {
        raw: {
          keepalived: {
            global_defs:
              '}\nvrrp_script api {\n  script "/usr/bin/curl -k https://localhost:6443/readyz"',
          },
        },
      },
    },
    finding: ['warning raw.keepalived.global_defs', 'the VIP flaps with the API'],
    good: { rest: { raw: { keepalived: { global_defs: 'vrrp_garp_interval 0.001' } } } },
  },
  {
    code: 'flap',
    what: 'a track script that connects to an API server',
    bad: {
      rest: {
        raw: { keepalived: { vrrp_instance: ['script "/usr/bin/nc -z 192.168.9.131:6443"'] } },
      },
    },
    finding: ['warning raw.keepalived.vrrp_instance[0]', 'rather than haproxy'],
    good: { rest: { raw: { keepalived: { vrrp_instance: ['mcast_src_ip 192.168.9.13'] } } } },
  },
  {
    code: 'script-user',
    what: 'an account that the image does not have',
    bad: { vrrp: { check: { user: 'checker' } } },
    finding: ['error vrrp.check.user', 'no account checker'],
    good: { vrrp: { check: { user: 'keepalived_script' } } },
  },
  {
    code: 'script-user',
    what: 'script security in raw lines',
    bad: { rest: { raw: { keepalived: { global_defs: ['script_user nobody'] } } } },
    finding: ['warning raw.keepalived.global_defs[0]', 'set already'],
    good: { rest: { raw: { keepalived: { global_defs: ['router_id lb'] } } } },
  },
  {
    code: 'musl-include',
    what: 'plain include',
    bad: { rest: { raw: { keepalived: { global_defs: ['include /etc/keepalived/more.conf'] } } } },
    finding: ['error raw.keepalived.global_defs[0]', 'musl'],
    good: {
      rest: { raw: { keepalived: { global_defs: ['includer /etc/keepalived/more.conf'] } } },
    },
  },
];
