import { KEY } from '../../../support/credentials.ts';
import { lb1, lb2, server } from './rule-case.ts';
import type { RuleCase } from './rule-case.ts';

export const DUPLICATES_CASES: readonly RuleCase[] = [
  {
    code: 'duplicate',
    what: 'two nodes of one name',
    bad: { nodes: [lb1, { ...lb2, hostname: 'lb-1' }] },
    finding: ['error nodes[1].hostname', 'the same ISO'],
    good: {},
  },
  {
    code: 'duplicate',
    what: 'two nodes of one address',
    bad: { nodes: [lb1, { ...lb2, address: lb1.address }] },
    finding: ['error nodes[1].address', '192.168.9.137 is given twice'],
    good: {},
  },
  {
    code: 'duplicate',
    what: 'a VIP twice',
    bad: { vrrp: { vip: ['192.168.9.139', '192.168.9.139/24'] } },
    finding: ['error vrrp.vip[1]', 'given twice'],
    good: { vrrp: { vip: ['192.168.9.139', '192.168.9.140'] } },
  },
  {
    code: 'duplicate',
    what: 'two services of one name',
    bad: {
      services: [
        { backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')] },
        { port: 9345, backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')] },
      ],
    },
    finding: ['error services[1].name', 'two services have the name k8s-api'],
    good: {
      services: [
        { backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')] },
        {
          name: 'rke2',
          port: 9345,
          backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')],
        },
      ],
    },
  },
  {
    code: 'duplicate',
    what: "a service with the name of another one's frontend",
    bad: {
      services: [
        { backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')] },
        {
          name: 'k8s-api-frontend',
          port: 9345,
          backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')],
        },
      ],
    },
    finding: ['error services[1].name', 'the name of the frontend of the service k8s-api'],
    good: {
      services: [
        { backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')] },
        {
          name: 'k8s-api-backend',
          port: 9345,
          backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')],
        },
      ],
    },
  },
  {
    code: 'duplicate',
    what: 'a service with the name of the page of figures',
    bad: {
      rest: { stats: {} },
      services: [
        {
          name: 'stats-page',
          backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')],
        },
      ],
    },
    finding: ['error services[0].name', 'the name of the frontend of the page of figures'],
    good: {
      services: [
        {
          name: 'stats-page',
          backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')],
        },
      ],
    },
  },
  {
    code: 'duplicate',
    what: 'two services on one port',
    bad: {
      services: [
        { backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')] },
        { name: 'other', backends: [server('c', '192.168.9.132'), server('d', '192.168.9.133')] },
      ],
    },
    finding: ['error services[1]', 'both listen on port 6443'],
    good: {
      services: [
        {
          bind: '192.168.9.139:6443',
          backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')],
        },
        {
          name: 'other',
          bind: '192.168.9.140:6443',
          backends: [server('c', '192.168.9.132'), server('d', '192.168.9.133')],
        },
      ],
    },
  },
  {
    code: 'duplicate',
    what: "a service on the statistics page's port",
    bad: { rest: { stats: { port: 6443 } } },
    finding: ['error stats.port', 'stats and k8s-api both listen'],
    good: { rest: { stats: {} } },
  },
  {
    code: 'duplicate',
    what: "a service on sshd's port",
    bad: { service: { port: 22 }, rest: { access: { ssh_authorized_keys: KEY } } },
    finding: ['error services[0]', 'k8s-api and sshd both listen on port 22'],
    good: { service: { port: 443 }, rest: { access: { ssh_authorized_keys: KEY } } },
  },
  {
    code: 'duplicate',
    what: 'two backends of one name',
    bad: { service: { backends: [server('a', '192.168.9.130'), server('a', '192.168.9.131')] } },
    finding: ['error services[0].backends[1].name', 'two backends of k8s-api have the name a'],
    good: { service: { backends: [server('a', '192.168.9.130'), server('b', '192.168.9.131')] } },
  },
  {
    code: 'duplicate',
    what: 'one server twice',
    bad: { service: { backends: [server('a', '192.168.9.130'), server('b', '192.168.9.130')] } },
    finding: ['error services[0].backends[1].address', 'the same server'],
    good: {
      service: {
        backends: [server('a', '192.168.9.130'), { ...server('b', '192.168.9.130'), port: 7443 }],
      },
    },
  },
  {
    code: 'duplicate',
    what: 'a proxy as its own backend',
    bad: { service: { backends: [server('a', '192.168.9.137'), server('b', '192.168.9.131')] } },
    finding: ['error services[0].backends[0].address', 'haproxy would connect to itself'],
    good: {
      service: {
        port: 443,
        backends: [{ ...server('a', '192.168.9.137'), port: 6443 }, server('b', '192.168.9.131')],
      },
    },
  },
  {
    code: 'duplicate',
    what: 'an interface twice',
    bad: { nodes: [{ ...lb1, interfaces: [{ name: 'eth0', address: '10.0.0.1/24' }] }, lb2] },
    finding: ['error nodes[0].interfaces[0]', 'the interface eth0 twice'],
    good: { nodes: [{ ...lb1, interfaces: [{ name: 'eth1', address: '10.0.0.1/24' }] }, lb2] },
  },
];
