import { describe, expect, test } from 'vitest';
import { traceNode } from '../../../scripts/overlay/origins/trace-node.ts';
import { renderNode } from '../../../scripts/overlay/render-node.ts';
import {
  modelOf,
  nodeOf,
  REFERENCE_FILE,
  TEMPLATES_ROOT,
} from '../../support/cluster/reference-model.ts';
import { NETWORK_FILE, NETWORK_TEXTS } from '../../support/network-file.ts';
import { hostKey } from '../../support/ssh-keys.ts';

const OPTIONS = { templatesRoot: TEMPLATES_ROOT, release: 'r' };
const CLUSTER = modelOf(NETWORK_FILE, NETWORK_TEXTS);

async function filesOf(cluster = CLUSTER, index = 0) {
  const tree = await renderNode(cluster, nodeOf(cluster, index), OPTIONS);
  return new Map(tree.map((entry) => [entry.path, entry]));
}

async function textOf(file: string, cluster = CLUSTER, index = 0): Promise<string> {
  const entry = (await filesOf(cluster, index)).get(file);
  if (entry?.type !== 'file') throw new Error(`There is no file ${file}.`);
  return entry.content.toString('utf8');
}

describe('host keys', () => {
  test('are their owner’s alone, and none is made at boot', async () => {
    const files = await filesOf(CLUSTER, 1);
    for (const [number, name] of [
      [2, 'etc/ssh/ssh_host_1_key'],
      [3, 'etc/ssh/ssh_host_2_key'],
    ] as const) {
      const entry = files.get(name);
      expect(entry).toMatchObject({ type: 'file', mode: 0o600, uid: 0, gid: 0 });
      expect(entry?.type === 'file' && entry.content.toString()).toBe(hostKey(number).privateText);
    }
    const config = await textOf('etc/ssh/sshd_config', CLUSTER, 1);
    expect(config.match(/^HostKey .*$/gm)).toEqual([
      'HostKey /etc/ssh/ssh_host_1_key',
      'HostKey /etc/ssh/ssh_host_2_key',
    ]);
    expect(config).not.toContain('HostCertificate');
    expect(await textOf('etc/conf.d/sshd')).toContain('sshd_disable_keygen="yes"');
  });

  test('of one node are in no file of the other', async () => {
    const secret = hostKey(1).privateText.split('\n')[3] ?? '';
    for (const entry of (await filesOf(CLUSTER, 1)).values())
      if (entry.type === 'file') expect(entry.content.includes(secret), entry.path).toBe(false);
  });

  test('show in no model that is printed', () => {
    expect(JSON.stringify(CLUSTER)).not.toContain('BEGIN OPENSSH PRIVATE KEY');
    expect(JSON.stringify(CLUSTER)).toContain('<secret from environment variable HOST_KEY_1>');
  });

  test('go nowhere where sshd is off', async () => {
    const file = NETWORK_FILE.replace('access:', 'access:\n  sshd: false');
    const paths = [...(await filesOf(modelOf(file, NETWORK_TEXTS))).keys()];
    expect(paths.filter((it) => it.includes('ssh/'))).toEqual([]);
  });
});

describe('management apart', () => {
  test('sshd and stats listen there, each node on its own address', async () => {
    expect(await textOf('etc/ssh/sshd_config', CLUSTER, 1)).toMatch(
      /^ListenAddress 10\.0\.0\.132$/m,
    );
    const haproxy = await textOf('etc/haproxy/haproxy.cfg', CLUSTER, 1);
    expect(haproxy).toContain('bind 10.0.0.132:8404\n');
    expect(haproxy).not.toContain('127.0.0.1:8404');
  });

  test('the packet filter lets them in there and nowhere else, and the services elsewhere', async () => {
    const rules = await textOf('etc/nftables.nft');
    expect(rules).toContain('iifname "mgmt0" ip saddr { 10.9.0.0/16 } tcp dport { 22 } accept');
    expect(rules).toContain('iifname "mgmt0" ip saddr { 10.9.0.0/16 } tcp dport { 8404 } accept');
    expect(rules).toContain('iifname != "mgmt0" tcp dport { 6443 } accept');
  });

  test("the user's own ports are open for services unless management is named", async () => {
    const own = `firewall:
  ports:
    - { name: usual, port: 9100 }
    - { name: hidden, port: 9101, open_on: management }
    - { name: both, port: 161, protocol: udp, open_on: all }
`;
    const file = NETWORK_FILE.replace(/^firewall:.*\n/m, own);
    const rules = await textOf('etc/nftables.nft', modelOf(file, NETWORK_TEXTS));
    expect(rules).toContain('\t\tiifname != "mgmt0" tcp dport { 9100 } accept comment "usual"\n');
    expect(rules).toContain('\t\tiifname "mgmt0" tcp dport { 9101 } accept comment "hidden"\n');
    expect(rules).toContain('\t\tudp dport { 161 } accept comment "both"\n');
  });

  test('stats on the loopback stay there', async () => {
    const cluster = modelOf(
      NETWORK_FILE.replace('stats: {}', 'stats: { bind: 127.0.0.1 }'),
      NETWORK_TEXTS,
    );
    expect(await textOf('etc/haproxy/haproxy.cfg', cluster)).toContain('bind 127.0.0.1:8404\n');
    expect(await textOf('etc/nftables.nft', cluster)).not.toContain('"stats"');
  });
});

test('what is not asked for leaves no trace', async () => {
  const paths = [...(await filesOf(modelOf(REFERENCE_FILE))).keys()];
  for (const file of ['etc/network/bond', 'etc/network/cards', 'etc/init.d/card-names'])
    expect(paths).not.toContain(file);
  expect(paths).not.toContain('etc/runlevels/boot/card-names');
  expect(await textOf('etc/network/interfaces', modelOf(REFERENCE_FILE))).not.toMatch(/pre-up|up /);
});

test('a line of these files is traced to the cluster file', async () => {
  const { files } = await traceNode(CLUSTER, nodeOf(CLUSTER), OPTIONS);
  const lines = files.get('etc/ssh/sshd_config')?.lines ?? [];
  const traced = lines.flatMap(({ values }) => values.map(({ path }) => path.join('.')));
  expect(traced).toContain('ssh.listen.0');
  expect(traced).toContain('ssh.hostKeys.0.path');
});
