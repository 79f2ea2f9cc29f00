import { ACTIVE_ACTIVE_FILE, TWO_NETWORKS_FILE } from '../group-files.ts';
import { NETWORK_FILE, NETWORK_TEXTS } from '../network-file.ts';
import { REFERENCE_FILE } from './reference-model.ts';

/** A cluster file that uses some part of what can be set, for tests that put all of it before the real daemons. */
export interface OverlayVariant {
  readonly name: string;
  readonly file: string;
  /** What the file refers to: variables as `$NAME`, files by absolute path. */
  readonly texts?: Readonly<Record<string, string>>;
}

const SERVICES = REFERENCE_FILE.slice(REFERENCE_FILE.indexOf('services:'));
const NODES = REFERENCE_FILE.slice(0, REFERENCE_FILE.indexOf('vrrp:'));

function withVrrp(lines: string): string {
  return `${NODES}\nvrrp: { ${lines} }\n${SERVICES}`;
}

/** A self-signed certificate of nobody, valid in form: HAProxy reads CA files when it checks a configuration. */
export const TEST_CA = `-----BEGIN CERTIFICATE-----
MIIBiTCCAS+gAwIBAgIUBqGyrcnItfGG/qUH6L2kqh9lmOMwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOdmlwaXNvIHRlc3QgQ0EwIBcNMjYxMTIzMTQ0NDM4WhgPMjEy
NjEwMzAxNDQ0MzhaMBkxFzAVBgNVBAMMDnZpcGlzbyB0ZXN0IENBMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEFLYUKcouo4yxK0cT7jOKxlqVDnA0NwquVgYJyZBf
wjzZKYLw+yQ+5wgIy74wrZqIUZL7emWjduupxekamcwzqaNTMFEwHQYDVR0OBBYE
FKm9asNYBlAww52Mmy8Pj4paNSRbMB8GA1UdIwQYMBaAFKm9asNYBlAww52Mmy8P
j4paNSRbMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgPDJGb6Tw
M6QNTG5IHfi+AV9ijQlhUa5SbN/rgtSJ1hkCIQD+Qg4Ba+S0LJE+i92v6wmnlqbs
t3rZJOxmfC2t0wofeQ==
-----END CERTIFICATE-----
`;

const HTTPS = `
vrrp: { vip: 192.168.9.139 }
services:
  - check: { type: https, path: /readyz, host: kubernetes, expect: [200, 401], ca: ca.pem }
    backends:
      - { name: k8s-1, address: 192.168.9.130 }
      - { name: k8s-2, address: 192.168.9.131 }
  - name: plain
    port: 9345
    check: { type: https, expect: 200 }
    backends:
      - { name: rke-1, address: 192.168.9.130 }
      - { name: rke-2, address: 192.168.9.131 }
`;

const SEVERAL = `
vrrp: { vip: [192.168.9.139, 192.168.9.140/24] }
haproxy:
  retries: 0
  redispatch: true
  tcp_keepalive: true
  dontlognull: false
  default_server: { shutdown_sessions: true }
services:
  - balance: leastconn
    maxconn: 5000
    allow: [192.168.0.0/16, "fd00::/8"]
    backends:
      - { name: k8s-1, address: 192.168.9.130, weight: 0 }
      - { name: k8s-2, address: 192.168.9.131, backup: true }
  - name: ingress
    port: 443
    bind: "0.0.0.0:443"
    check: none
    send_proxy: v2
    timeouts: { client: 1h, server: 1h, connect: 2s, queue: 3s, tunnel: 2h }
    backends:
      - { name: in-1, address: "fd00::31", port: 30443 }
      - { name: in-2, address: "fd00::32", port: 30443 }
  - name: konnectivity
    port: 8132
    send_proxy: v1
    backends:
      - { name: k-1, address: 192.168.9.130 }
      - { name: k-2, address: 192.168.9.131 }
raw:
  haproxy:
    global: tune.bufsize 32768
    defaults: option splice-auto
    frontend: { ingress: "option tcp-smart-accept" }
    backend: { ingress: "option tcp-smart-connect" }
  keepalived:
    global_defs: vrrp_garp_lower_prio_repeat 1
    vrrp_instance: "dont_track_primary"
`;

const ACCESS = `
access:
  ssh_authorized_keys: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7Jm3lLZgYzWkYpQ8m0dPSdVZLQYpX0c8yT6cKZ8m9A admin
  root_password_hash: { env: ROOT_HASH }
  admin_user: { name: ops, password_hash: { env: OPS_HASH } }
system: { timezone: Europe/Berlin, ntp_servers: [192.168.9.1, 0.de.pool.ntp.org], syslog: "192.168.9.5:1514" }
guest_agent: qemu
stats: { bind: "*", user: ops, password: { env: STATS } }
firewall: { allow_management: [192.168.9.0/24, "fd00::/64"] }
alpine: { packages: [tcpdump, "htop@edge", "curl>=8"] }
`;

const CHECKS = `
vrrp: { vip: 192.168.9.139, profile: fast }
services:
  - name: rke2
    port: 9345
    check: { type: https, port: 6443, host: "k8s.example.org:6443", expect: [200, "400-403"], headers: { X-From: 'a "b" 100% $c' } }
    backends: [{ name: r-1, address: 192.168.9.130 }, { name: r-2, address: 192.168.9.131 }]
  - name: ingress
    port: 443
    balance: hash src,ipmask(24)
    check: { type: http, port: 1936, path: "/healthz/ready", host: "fd00::31" }
    default_server: { maxconn: 0, maxqueue: 0, slowstart: 0s }
    backends: [{ name: i-1, address: "192.168.9.130:30443" }, { name: i-2, address: 192.168.9.131, port: 30443 }]
  - name: plain
    port: 80
    balance: random(2)
    bind: ["192.168.9.139:80", "[fd00::139]:80 transparent", "*:8405 nice -5"]
    check: { type: tcp, port: 81 }
    backends: [{ name: i-1, address: 192.168.9.130 }, { name: i-2, address: 192.168.9.131 }]
`;

const BY_NAME = `
network: { dns: [192.168.9.1, "fd00::1"] }
vrrp: { vip: 192.168.9.139 }
services:
  - check: { type: https, host: k8s.example.org }
    backends:
      - { name: k8s-1, address: "api-1.example.org:6443" }
      - { name: k8s-2, address: api-2.example.org, backup: true }
      - { name: more-, address: api.example.org, count: 3, weight: 10 }
`;

const DUAL_NODES = `
nodes:
  - { hostname: lb-1, address: [192.168.9.137/24, "fd00::137/64"], gateway: [192.168.9.1, "fd00::1"] }
  - { hostname: lb-2, address: [192.168.9.138/24, "fd00::138/64"], gateway: [192.168.9.1, "fd00::1"] }
`;

const SIX_NODES = `
nodes:
  - { hostname: lb-1, address: "fd00::137/64", gateway: "fd00::1" }
  - { hostname: lb-2, address: "fd00::138/64", gateway: "fd00::1" }
`;

/** Every character that HAProxy takes, and names that only just miss those of other sections. */
const ODD_NAMES = `
vrrp: { vip: 192.168.9.139 }
stats: { user: ops, password: { env: STATS } }
services:
  - name: "a.B:c_d-1"
    backends: [{ name: "k:1", address: 192.168.9.130 }, { name: k.2, address: 192.168.9.131 }]
  - name: stats-users
    port: 9345
    backends: [{ name: "k:1", address: 192.168.9.130 }, { name: k.2, address: 192.168.9.131 }]
  - name: stats
    port: 443
    backends: [{ name: "k:1", address: 192.168.9.130 }, { name: k.2, address: 192.168.9.131 }]
raw:
  haproxy:
    frontend: { stats: "use_backend stats-users if { nbsrv(a.B:c_d-1) lt 1 }" }
`;

const WIDE_NODES = `
network: { vlan: 20, mtu: 9000, gateway: 192.168.9.1, dns: [192.168.9.1, 9.9.9.9], search: example.org }
nodes:
  - hostname: lb-1
    address: 192.168.9.137/24
    interfaces: [{ name: eth1, dhcp: true }, { name: eth2, address: 10.1.0.7/16, mtu: 1400 }]
  - hostname: lb-2
    address: 192.168.9.138/24
    interfaces: [{ name: eth1, dhcp: true }, { name: eth2, address: 10.1.0.8/16, mtu: 1400 }]
  - hostname: lb-3
    address: 192.168.9.136/24
`;

const SECRETS = {
  $ROOT_HASH:
    '$6$abcdefgh$tyTLpddAm/ZMMzYTDrJHr993gLSylkYnkHHlbFF0MeLfBjZyP2wfnhCK5TqiznLM38O1CZSVNwdWQuagPeCj81',
  $OPS_HASH:
    '$6$ijklmnop$tyTLpddAm/ZMMzYTDrJHr993gLSylkYnkHHlbFF0MeLfBjZyP2wfnhCK5TqiznLM38O1CZSVNwdWQuagPeCj81',
  $STATS: 'a"quoted"$word\\#hash',
};

export const OVERLAY_VARIANTS: readonly OverlayVariant[] = [
  { name: 'reference', file: REFERENCE_FILE },
  { name: 'fast profile', file: withVrrp('vip: 192.168.9.139, profile: fast') },
  { name: 'unicast', file: withVrrp('vip: 192.168.9.139/24, unicast: true') },
  { name: 'nopreempt', file: withVrrp('vip: 192.168.9.139, nopreempt: true') },
  { name: 'preempt delay', file: withVrrp('vip: 192.168.9.139, preempt_delay: 30') },
  {
    name: 'vrrp password',
    file: withVrrp('vip: 192.168.9.139, auth_pass: { env: VRRP }'),
    texts: { $VRRP: 'p4ss:w/d' },
  },
  {
    name: 'every timer',
    file: withVrrp(
      'vip: 192.168.9.139, version: 3, advert_int: 0.25, garp_master_delay: 1, garp_master_repeat: 2, ' +
        'garp_master_refresh: 60, garp_master_refresh_repeat: 1, virtual_router_id: 77, ' +
        'check: { probe: port, interval: 1, timeout: 1, fall: 3, rise: 2, weight: -10 }, ' +
        'notify: { notification_email: [a@example.org, b@example.org], smtp_alert: true, router_id: lbs }',
    ),
  },
  {
    name: 'dual stack',
    file: `${DUAL_NODES}\nvrrp: { vip: [192.168.9.139/24, "fd00::139/64"] }\n${SERVICES}`,
  },
  {
    name: 'dual stack unicast',
    file: `${DUAL_NODES}\nvrrp: { vip: [192.168.9.139/24, "fd00::139/64"], unicast: true }\n${SERVICES}`,
  },
  {
    name: 'IPv6 alone, fast',
    file: `${SIX_NODES}\nvrrp: { vip: ["fd00::139/64", "fd00::140/64"], profile: fast }\n${SERVICES}`,
  },
  {
    name: 'fast, dual stack, nopreempt',
    file: `${DUAL_NODES}\nvrrp: { vip: [192.168.9.139/24, "fd00::139/64"], profile: fast, nopreempt: true }\n${SERVICES}`,
  },
  {
    name: 'fast, mail, unicast',
    file: withVrrp(
      'vip: 192.168.9.139, profile: fast, unicast: true, notify: { notification_email: a@example.org, smtp_alert: true }',
    ),
  },
  {
    name: 'fast, of the oldest branch',
    file: `${withVrrp('vip: 192.168.9.139, profile: fast')}\nalpine: { branch: v3.19 }\n`,
  },
  { name: 'odd names of services', file: `${NODES}${ODD_NAMES}`, texts: { $STATS: 'word' } },
  {
    name: 'track_process without the fast profile',
    file: withVrrp('vip: 192.168.9.139, check: { track_process: true, interval: 1, fall: 1 }'),
  },
  {
    name: 'vlan, several interfaces, three nodes',
    file: `${WIDE_NODES}\nvrrp: { vip: 192.168.9.139/24 }\n${SERVICES}`,
  },
  { name: 'bonds, routes, management, host keys', file: NETWORK_FILE, texts: NETWORK_TEXTS },
  { name: 'groups, active/active', file: ACTIVE_ACTIVE_FILE },
  { name: 'groups in two networks, fast, dual stack, unicast', file: TWO_NETWORKS_FILE },
  {
    name: 'own MAC address, fast',
    file: withVrrp('vip: 192.168.9.139, profile: fast, use_vmac: true'),
  },
  {
    name: 'track scripts',
    file: withVrrp(
      'vip: 192.168.9.139, scripts: [{ name: gw, gateway: 192.168.9.1 }, { name: own, run: "test -e /run/x && true", weight: -3, user: haproxy }]',
    ),
  },
  { name: 'https check', file: NODES + HTTPS, texts: { '/cluster/ca.pem': TEST_CA } },
  { name: 'checks of every kind', file: NODES + CHECKS },
  {
    name: 'https check of an address, on an older branch',
    file: `${NODES}
vrrp: { vip: 192.168.9.139 }
alpine: { branch: v3.21 }
services:
  - check: { type: https, host: "192.168.9.139:6443", ca: ca.pem }
    backends: [{ name: k8s-1, address: 192.168.9.130 }, { name: k8s-2, address: 192.168.9.131 }]
`,
    texts: { '/cluster/ca.pem': TEST_CA },
  },
  { name: 'backends by name', file: NODES + BY_NAME },
  {
    name: 'backends by name, own name server, every hold',
    file: `${NODES}${BY_NAME}
haproxy:
  nbthread: 2
  resolvers: { nameservers: "192.168.9.53:5353", prefer: ipv6, retries: 2, timeouts: { resolve: 500ms, retry: 2s }, hold: { valid: 1s, obsolete: 2s, nx: 3s, other: 4s, refused: 5s, timeout: 24d } }
`,
  },
  {
    name: 'logs by TLS',
    file: `${REFERENCE_FILE}
haproxy: { maxconn: 600000, log_level: notice, log_format: '%ci:%cp "%b" $x' }
system: { syslog: 192.168.9.5, syslog_protocol: tls, syslog_ca: ca.pem, syslog_name: logs.example.org }
`,
    texts: { '/cluster/ca.pem': TEST_CA },
  },
  {
    name: 'logs by TCP',
    file: `${REFERENCE_FILE}\nsystem: { syslog: "192.168.9.5:1514", syslog_protocol: tcp }\n`,
  },
  { name: 'several services', file: NODES + SEVERAL },
  { name: 'access, stats, agents', file: REFERENCE_FILE + ACCESS, texts: SECRETS },
  {
    name: 'no firewall, no ntp, no logs',
    file: `${REFERENCE_FILE}
firewall: { enabled: false }
system: { ntp_servers: [] }
haproxy: { log: none }
stats: { port: 9000, prometheus: false }
guest_agent: vmware
`,
  },
];
