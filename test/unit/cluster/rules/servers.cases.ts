import { TEST_CA } from '../../../support/cluster/overlay-variants.ts';
import { server } from './rule-case.ts';
import type { RuleCase } from './rule-case.ts';

const A = server('a', '192.168.9.130');
const B = server('b', '192.168.9.131');
const RECEIVER = { syslog: '192.168.9.5', syslog_protocol: 'tls' };

export const SERVERS_CASES: readonly RuleCase[] = [
  {
    code: 'servers',
    what: 'servers without any weight',
    bad: { service: { default_server: { weight: 0 } } },
    finding: ['error services[0].default_server.weight', 'haproxy sends no connection'],
    good: { service: { default_server: { weight: 0 }, backends: [A, { ...B, weight: 1 }] } },
  },
  {
    code: 'servers',
    what: 'backups alone',
    bad: {
      service: {
        backends: [
          { ...A, backup: true },
          { ...B, backup: true },
        ],
      },
    },
    finding: ['warning services[0].backends', 'uses the first of them alone'],
    good: { service: { backends: [A, { ...B, backup: true }] } },
  },
  {
    code: 'send-proxy',
    what: 'the PROXY protocol to API servers',
    bad: { service: { send_proxy: 'v2' } },
    finding: ['warning services[0].send_proxy', 'does not speak it'],
    good: { service: { send_proxy: 'v2', port: 443 } },
  },
  {
    code: 'backend-dns',
    what: 'a name without a name server',
    bad: { service: { backends: [server('a', 'api.example.org'), B] } },
    finding: ['error services[0].backends[0].address', 'no name server that haproxy could ask'],
    good: {
      service: { backends: [server('a', 'api.example.org:6443'), B] },
      rest: { haproxy: { resolvers: { nameservers: '192.168.9.1' } } },
    },
  },
  {
    code: 'backend-dns',
    what: 'a count for an address',
    bad: { service: { backends: [{ ...A, count: 2 }, B] } },
    finding: ['error services[0].backends[0].count', 'a is an address'],
    good: {
      service: { backends: [{ ...A, address: 'api.example.org', count: 2 }] },
      rest: { network: { dns: ['192.168.9.1'] } },
    },
  },
  {
    code: 'check-timers',
    what: 'a check that may outlive its interval',
    bad: { vrrp: { check: { interval: 2, timeout: 3 } } },
    finding: ['error vrrp.check.timeout', 'may take 3 s'],
    good: { vrrp: { profile: 'fast', check: { interval: 1 } } },
  },
  {
    code: 'limits',
    what: 'more connections than memory',
    bad: { rest: { haproxy: { maxconn: 1_000_000 } } },
    finding: ['warning haproxy.maxconn', '50 GB of memory'],
    good: { rest: { haproxy: { maxconn: 100_000 } } },
  },
  {
    code: 'limits',
    what: 'more connections to a server than ports',
    bad: { service: { default_server: { maxconn: 30_000 } } },
    finding: ['warning services[0].default_server.maxconn', '28232 ports'],
    good: { service: { default_server: { maxconn: 20_000 } } },
  },
  {
    code: 'syslog',
    what: 'a receiver by name, by TCP',
    bad: { rest: { system: { syslog: 'logs.example.org', syslog_protocol: 'tcp' } } },
    finding: ['error system.syslog', 'logs.example.org is a name'],
    good: { rest: { system: { syslog: '192.168.9.5:1514', syslog_protocol: 'tcp' } } },
  },
  {
    code: 'syslog',
    what: 'a receiver by TLS that nobody verifies',
    bad: { rest: { system: { syslog: '192.168.9.5', syslog_protocol: 'tls' } } },
    finding: ['warning system.syslog_protocol', 'not verified'],
    good: { rest: { system: { syslog: '192.168.9.5', syslog_protocol: 'udp' } } },
  },
  {
    code: 'syslog',
    what: 'a name of a receiver whose certificate nobody looks at',
    bad: { rest: { system: { ...RECEIVER, syslog_name: 'logs.example.org' } } },
    finding: ['error system.syslog_name', 'no CA is known for'],
    good: {
      rest: { system: { ...RECEIVER, syslog_ca: 'ca.pem', syslog_name: 'logs.example.org' } },
    },
    world: { files: { '/site/ca.pem': TEST_CA } },
  },
  {
    code: 'maxconn',
    what: 'a queue without an end',
    bad: { service: { default_server: { maxqueue: 0 } } },
    finding: ['warning services[0]', 'a queue without an end'],
    good: { service: { default_server: { maxconn: 0, maxqueue: 0 } } },
  },
];
