import { TEST_CA } from '../../../support/cluster/overlay-variants.ts';
import { lb1, server } from './rule-case.ts';
import type { RuleCase } from './rule-case.ts';

export const SERVICES_CASES: readonly RuleCase[] = [
  {
    code: 'streams',
    what: 'a tunnel timeout under an hour, which rules over those of client and server',
    bad: { rest: { haproxy: { timeouts: { tunnel: '30m' } } } },
    finding: ['warning haproxy.timeouts.tunnel', 'cuts kubectl exec'],
    good: { rest: { haproxy: { timeouts: { client: '30m', server: '30m', tunnel: '1h' } } } },
  },
  {
    code: 'streams',
    what: "a service's tunnel timeout under an hour",
    bad: { service: { timeouts: { tunnel: '3599s' } } },
    finding: ['warning services[0].timeouts.tunnel', 'timeout tunnel 3599s'],
    good: { service: { timeouts: { tunnel: '3600s', connect: '5s' } } },
  },
  {
    code: 'readyz',
    what: 'a TCP check of the API port',
    bad: { service: { check: 'tcp' } },
    finding: ['warning services[0].check', 'hangs or starts up still accepts connections'],
    good: { service: { check: { type: 'https', expect: [200, 401] } } },
  },
  {
    code: 'stuck',
    what: 'no keep-alives and no shutdown of sessions',
    bad: {},
    finding: ['warning services[0]', 'hang up to 15 minutes'],
    good: { service: { default_server: { shutdown_sessions: true } } },
  },
  {
    code: 'stuck',
    what: 'the same, cured by keep-alives',
    bad: { rest: { haproxy: { tcp_keepalive: false } } },
    finding: ['warning services[0]', 'neither closed nor probed'],
    good: { rest: { haproxy: { tcp_keepalive: true } } },
  },
  {
    code: 'maxconn',
    what: 'servers that take less than the frontend lets in',
    bad: { service: { maxconn: 1000 } },
    finding: [
      'warning services[0].maxconn',
      'lets 1000 connections in, its servers take 750 at a time',
    ],
    good: { service: { maxconn: 750 } },
  },
  {
    code: 'maxconn',
    what: 'a frontend above the process',
    bad: { service: { maxconn: 30000 } },
    finding: ['error services[0].maxconn', 'the whole process takes 20000'],
    good: {
      service: { maxconn: 30000, default_server: { maxconn: 10000 } },
      rest: { haproxy: { maxconn: 30000 } },
    },
  },
  {
    code: 'single',
    what: 'one node',
    bad: { nodes: [lb1] },
    finding: ['warning nodes', 'the VIP is gone'],
    good: {},
  },
  {
    code: 'single',
    what: 'one backend',
    bad: { service: { backends: [server('a', '192.168.9.130')] } },
    finding: ['warning services[0].backends', 'one backend'],
    good: {},
  },
  {
    code: 'bind-port',
    what: 'a bind on another port than the one that clients are told',
    bad: { service: { bind: '192.168.9.139:443', port: 6443 } },
    finding: ['error services[0].bind', 'binds 443: clients of port 6443 find nobody'],
    good: { service: { bind: '192.168.9.139:443' } },
  },
  {
    code: 'reference',
    what: 'a CA file that is not there',
    bad: { service: { check: { type: 'https', ca: 'ca.crt' } } },
    finding: ['error services[0].check.ca', 'cannot be read from ca.crt'],
    good: { service: { check: { type: 'https', ca: 'pki/ca.crt' } } },
    world: { files: { '/site/pki/ca.crt': TEST_CA } },
  },
  {
    code: 'reference',
    what: 'raw lines for a service that is not there',
    bad: { rest: { raw: { haproxy: { backend: { 'k8s-apy': ['option redispatch'] } } } } },
    finding: ['error raw.haproxy.backend.k8s-apy', 'there is no service k8s-apy'],
    good: { rest: { raw: { haproxy: { backend: { 'k8s-api': ['option redispatch'] } } } } },
  },
  {
    code: 'reference',
    what: 'a CA file that is damaged',
    bad: { service: { check: { type: 'https', ca: 'broken.crt' } } },
    finding: ['error services[0].check.ca', 'a certificate that is damaged (number 2)'],
    good: { service: { check: { type: 'https', ca: 'ca.crt' } } },
    world: {
      files: {
        '/site/broken.crt': TEST_CA + TEST_CA.replace('wjzZ', 'wj'),
        '/site/ca.crt': TEST_CA + TEST_CA,
      },
    },
  },
];
