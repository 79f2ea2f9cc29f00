import { beforeAll, describe, expect, it } from 'vitest';
import { renderNode } from '../../scripts/overlay/render-node.ts';
import type { FileTree } from '../../scripts/overlay/tree.ts';
import { parseHaproxy, parseKeepalived } from '../support/cluster/config-parsers.ts';
import {
  modelOf,
  nodeOf,
  REFERENCE_FILE,
  TEMPLATES_ROOT,
} from '../support/cluster/reference-model.ts';

/** Every value of the first user's configuration, from a cluster file with names, addresses and the VIP alone. */
let trees: readonly FileTree[];

beforeAll(async () => {
  const cluster = modelOf(REFERENCE_FILE);
  const options = { templatesRoot: TEMPLATES_ROOT, release: 'test' };
  const nodes = [0, 1].map((index) => nodeOf(cluster, index));
  trees = await Promise.all(nodes.map((node) => renderNode(cluster, node, options)));
});

function textOf(path: string, node = 0): string {
  const entry = trees[node]?.find((candidate) => candidate.path === path);
  if (entry?.type !== 'file') throw new Error(`${path} is not a file of the tree`);
  return entry.content.toString('utf8');
}

describe('haproxy.cfg', () => {
  it('has the defaults', () => {
    const { defaults } = parseHaproxy(textOf('etc/haproxy/haproxy.cfg'));
    expect(defaults).toEqual(
      expect.arrayContaining([
        ['maxconn', '20000'],
        ['mode', 'tcp'],
        ['option', 'dontlognull'],
        ['timeout', 'http-request', '10s'],
        ['timeout', 'queue', '1m'],
        ['timeout', 'connect', '10s'],
        ['timeout', 'client', '86400s'],
        ['timeout', 'server', '86400s'],
        ['timeout', 'tunnel', '86400s'],
      ]),
    );
  });

  it('has the frontend on all addresses of both families', () => {
    expect(parseHaproxy(textOf('etc/haproxy/haproxy.cfg'))['frontend k8s-api-frontend']).toEqual([
      ['bind', ':::6443', 'v4v6'],
      ['default_backend', 'k8s-api'],
    ]);
  });

  it('has the backend with its three servers', () => {
    expect(parseHaproxy(textOf('etc/haproxy/haproxy.cfg'))['backend k8s-api']).toEqual([
      ['balance', 'roundrobin'],
      ['option', 'tcp-check'],
      (
        'default-server inter 10s downinter 5s rise 2 fall 2 slowstart 60s ' +
        'maxconn 250 maxqueue 256 weight 100'
      ).split(' '),
      ['server', 'k8s-1', '192.168.9.130:6443', 'check'],
      ['server', 'k8s-2', '192.168.9.131:6443', 'check'],
      ['server', 'k8s-3', '192.168.9.132:6443', 'check'],
    ]);
  });
});

describe('keepalived.conf', () => {
  it('has the global definitions', () => {
    const globals = parseKeepalived(textOf('etc/keepalived/keepalived.conf')).blocks['global_defs'];
    expect(globals?.values).toMatchObject({
      notification_email_from: 'keepalived@localhost',
      smtp_server: '127.0.0.1',
      smtp_connect_timeout: '30',
      script_user: 'root',
      enable_script_security: '',
    });
    expect(globals?.blocks['notification_email']?.values).toEqual({ 'root@localhost': '' });
  });

  it('has the check as a script file', () => {
    const { blocks } = parseKeepalived(textOf('etc/keepalived/keepalived.conf'));
    expect(blocks['vrrp_script chk_haproxy']?.values).toEqual({
      script: '/etc/keepalived/chk_haproxy.sh',
      interval: '2',
      weight: '2',
    });
    expect(textOf('etc/keepalived/chk_haproxy.sh')).toMatch(
      /^#!\/bin\/sh\n[^]*\nexec killall -0 haproxy$/m,
    );
  });

  it.each([
    { node: 0, state: 'MASTER', priority: '101' },
    { node: 1, state: 'BACKUP', priority: '100' },
  ])('has the instance of the $state', ({ node, state, priority }) => {
    const { blocks } = parseKeepalived(textOf('etc/keepalived/keepalived.conf', node));
    const instance = blocks['vrrp_instance VI_1'];
    expect(instance?.values).toEqual({
      // Beyond the reference: who missed an announcement hears another one.
      garp_master_refresh: '60',
      state,
      priority,
      interface: 'eth0',
      virtual_router_id: '51',
      advert_int: '1',
      // What keeps connections alive when the VIP has left the node.
      notify_backup: '"/usr/local/bin/vipiso-handover --keep" root',
      notify_fault: '"/usr/local/bin/vipiso-handover --keep" root',
    });
    expect(instance?.blocks['virtual_ipaddress']?.values).toEqual({ '192.168.9.139': '' });
    expect(instance?.blocks['track_script']?.values).toEqual({ chk_haproxy: '' });
  });

  it('differs between the nodes in state and priority alone', () => {
    const lines = [0, 1].map((node) => textOf('etc/keepalived/keepalived.conf', node).split('\n'));
    const [master = [], backup = []] = lines;
    const different = master.filter((line, index) => line !== backup[index]);
    expect(different.map((line) => line.trim())).toEqual(['state MASTER', 'priority 101']);
    expect(backup).toHaveLength(master.length);
  });
});

describe('the rest of the system', () => {
  it.each([
    [0, 'lb-1', '192.168.9.137/24'],
    [1, 'lb-2', '192.168.9.138/24'],
  ])('node %i is %s with %s on eth0', (node, hostname, address) => {
    expect(textOf('etc/hostname', node)).toBe(`${hostname}\n`);
    expect(textOf('etc/network/interfaces', node)).toMatch(
      new RegExp(`auto eth0\niface eth0 inet static\n\taddress ${address}\n`),
    );
  });

  it('starts both daemons with the system', () => {
    const links = new Map(
      trees[0]?.flatMap((entry) => (entry.type === 'symlink' ? [[entry.path, entry.target]] : [])),
    );
    expect(links.get('etc/runlevels/default/haproxy')).toBe('/etc/init.d/haproxy');
    expect(links.get('etc/runlevels/default/keepalived')).toBe('/etc/init.d/keepalived');
    expect(links.get('etc/runlevels/boot/nftables')).toBe('/etc/init.d/nftables');
  });

  it('installs both daemons, from the ISO alone', () => {
    const world = textOf('etc/apk/world').split('\n');
    expect(world).toEqual(
      expect.arrayContaining(['alpine-base', 'haproxy', 'keepalived', 'openssl']),
    );
    // The kernel arguments name the one repository; any line here would be another.
    expect(textOf('etc/apk/repositories')).toMatch(/^(#.*\n)+$/);
  });

  it('locks root', () => {
    expect(textOf('etc/shadow').split('\n')[0]).toBe('root:!::0:::::');
  });
});
