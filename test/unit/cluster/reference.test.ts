import { expect, test } from 'vitest';
import { brief, findingsIn, minimalFile, modelOf } from '../../support/cluster/cluster-file.ts';

test('names, addresses and the VIP alone resolve to the reference case', () => {
  const cluster = modelOf(minimalFile());
  expect(cluster.nodes).toMatchObject([
    { hostname: 'lb-1', role: 'MASTER' },
    { hostname: 'lb-2', role: 'BACKUP' },
  ]);
  expect(cluster.nodes.map(({ interfaces }) => interfaces)).toEqual([
    [interfaceWith('192.168.9.137/24')],
    [interfaceWith('192.168.9.138/24')],
  ]);
  expect(cluster.vrrp).toMatchObject({
    groups: [
      {
        members: [
          { hostname: 'lb-1', role: 'MASTER', priority: 101, interface: 'eth0' },
          { hostname: 'lb-2', role: 'BACKUP', priority: 100, interface: 'eth0' },
        ],
        version: 2,
        advertInt: 1,
        preempt: { mode: 'preempt', delay: 0 },
        transport: 'multicast',
        instances: [
          { name: 'VI_1', family: 4, virtualRouterId: 51, addresses: ['192.168.9.139/32'] },
        ],
        checkWeight: 2,
      },
    ],
    check: { name: 'chk_haproxy', probe: 'process', interval: 2 },
    notify: { smtpConnectTimeout: 30 },
  });
  expect(cluster.haproxy).toEqual({
    maxconn: 20000,
    timeouts: {
      httpRequest: '10s',
      queue: '1m',
      connect: '10s',
      client: '86400s',
      server: '86400s',
      tunnel: '86400s',
    },
    dontlognull: true,
    retries: undefined,
    redispatch: false,
    tcpKeepalive: false,
    log: 'syslog',
    resolvers: {
      nameservers: [],
      prefer: 'ipv4',
      retries: 3,
      timeouts: { resolve: '1s', retry: '1s' },
      hold: {
        valid: '10s',
        obsolete: '30s',
        nx: '30s',
        other: '24h',
        refused: '24h',
        timeout: '24h',
      },
    },
  });
  expect(cluster.services).toEqual([
    {
      name: 'k8s-api',
      binds: [':::6443 v4v6'],
      groups: [],
      port: 6443,
      frontendMaxconn: undefined,
      balance: 'roundrobin',
      check: { type: 'tcp' },
      defaultServer: {
        inter: '10s',
        downinter: '5s',
        rise: 2,
        fall: 2,
        slowstart: '60s',
        maxconn: 250,
        maxqueue: 256,
        weight: 100,
        shutdownSessionsOnDown: false,
      },
      backends: [
        server('k8s-1', '192.168.9.130'),
        server('k8s-2', '192.168.9.131'),
        server('k8s-3', '192.168.9.132'),
      ],
      allow: [],
      sendProxy: 'none',
    },
  ]);
});

test('the reference case has no errors and these warnings', () => {
  expect(brief(findingsIn(minimalFile()))).toEqual([
    'warning unreachable nodes',
    'warning readyz services[0]',
    'warning stuck services[0]',
    'warning maxconn services[0]',
  ]);
});

test('the defaults outside the reference case', () => {
  const cluster = modelOf(minimalFile());
  expect(cluster.alpine).toMatchObject({ branch: 'v3.24', arch: 'x86_64', kernelFlavour: 'virt' });
  expect(cluster.alpine.repositories).toEqual([
    { name: 'main', tag: undefined, bases: ['https://dl-cdn.alpinelinux.org/alpine/v3.24/main'] },
    {
      name: 'community',
      tag: undefined,
      bases: ['https://dl-cdn.alpinelinux.org/alpine/v3.24/community'],
    },
  ]);
  expect(cluster.image).toEqual({
    engine: 'mkimage',
    profile: 'virt',
    formats: ['iso'],
    kernelArguments: [],
    modules: [],
    serialConsole: { device: 'ttyS0', baud: 115200 },
  });
  expect(cluster.access).toEqual({
    sshAuthorizedKeys: [],
    sshHosts: [],
    rootPasswordHash: undefined,
    adminUser: undefined,
    sshd: false,
  });
  expect(cluster.stats).toBeUndefined();
  expect(cluster.firewall.enabled).toBe(true);
});

function interfaceWith(address: string) {
  return {
    name: 'eth0',
    vlan: undefined,
    mtu: undefined,
    addresses: [address],
    dhcp: false,
    gateway4: undefined,
    gateway6: undefined,
    routes: [],
    bond: undefined,
    mac: undefined,
  };
}

function server(name: string, address: string) {
  return { name, address, port: 6443, weight: undefined, backup: false };
}
