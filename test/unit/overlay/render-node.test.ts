import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClusterModel } from '../../../scripts/cluster/model.ts';
import { renderNode } from '../../../scripts/overlay/render-node.ts';
import { worldOf } from '../../../scripts/overlay/view/world.ts';
import { OVERLAY_VARIANTS } from '../../support/cluster/overlay-variants.ts';
import {
  modelOf,
  nodeOf,
  REFERENCE_FILE,
  TEMPLATES_ROOT,
} from '../../support/cluster/reference-model.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';

function variant(name: string): ClusterModel {
  const found = OVERLAY_VARIANTS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`There is no variant ${name}.`);
  return modelOf(found.file, found.texts);
}

async function entriesOf(cluster: ClusterModel, index = 0) {
  const options = { templatesRoot: TEMPLATES_ROOT, release: 'r' };
  const tree = await renderNode(cluster, nodeOf(cluster, index), options);
  return new Map(tree.map((entry) => [entry.path, entry]));
}

async function textOf(cluster: ClusterModel, file: string, index = 0): Promise<string> {
  const entry = (await entriesOf(cluster, index)).get(file);
  if (entry?.type !== 'file') throw new Error(`There is no file ${file}.`);
  return entry.content.toString('utf8');
}

const ACCESS = 'access, stats, agents';

it('logs by TLS go to the receiver whose certificate has the name', async () => {
  expect(await textOf(variant('logs by TLS'), 'etc/haproxy/haproxy.cfg')).toContain(
    ' ssl verify required ca-file /etc/haproxy/ca-of-syslog.pem verifyhost logs.example.org sni str(logs.example.org) log-proto octet-count',
  );
});

describe('access', () => {
  it('gives keys to the admin user alone, in a home of their own', async () => {
    const entries = await entriesOf(variant(ACCESS));
    expect(entries.get('home/ops')).toMatchObject({ mode: 0o700, uid: 1000, gid: 1000 });
    expect(entries.get('home/ops/.ssh/authorized_keys')).toMatchObject({ mode: 0o600, uid: 1000 });
    expect(entries.has('root/.ssh/authorized_keys')).toBe(false);
    expect(await textOf(variant(ACCESS), 'etc/ssh/sshd_config')).toMatch(/^AllowUsers ops$/m);
    expect(await textOf(variant(ACCESS), 'etc/doas.conf')).toBe('permit persist ops\n');
  });

  it('writes password hashes into a shadow file for root alone', async () => {
    const text = await textOf(variant(ACCESS), 'etc/shadow');
    expect(text).toMatch(/^root:\$6\$abcdefgh\$[^:]+::0:::::$/m);
    expect(text).toMatch(/^ops:\$6\$ijklmnop\$[^:]+::0:::::$/m);
    expect((await entriesOf(variant(ACCESS))).get('etc/shadow')).toMatchObject({ mode: 0o600 });
  });

  it('lets root in by key, with a field that sshd does not take for a locked account', async () => {
    const key =
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7Jm3lLZgYzWkYpQ8m0dPSdVZLQYpX0c8yT6cKZ8m9A me';
    const cluster = modelOf(`${REFERENCE_FILE}\naccess: { ssh_authorized_keys: "${key}" }`);
    const entries = await entriesOf(cluster);
    expect(entries.get('root/.ssh')).toMatchObject({ mode: 0o700 });
    expect(entries.get('root/.ssh/authorized_keys')).toMatchObject({ mode: 0o600 });
    expect(await textOf(cluster, 'root/.ssh/authorized_keys')).toBe(`${key}\n`);
    expect(await textOf(cluster, 'etc/shadow')).toMatch(/^root:\*::0:::::$/m);
    expect(await textOf(cluster, 'etc/ssh/sshd_config')).toMatch(
      /^PermitRootLogin prohibit-password$/m,
    );
  });

  it('makes every account of passwd known to shadow and its group to group', async () => {
    const cluster = variant(ACCESS);
    const rows = async (file: string) =>
      (await textOf(cluster, file))
        .trimEnd()
        .split('\n')
        .map((line) => line.split(':'));
    const [users, shadow, groups] = [
      await rows('etc/passwd'),
      await rows('etc/shadow'),
      await rows('etc/group'),
    ];
    expect(users.map(([name]) => name)).toEqual(shadow.map(([name]) => name));
    const gids = groups.map((group) => group[2]);
    expect(users.map((user) => user[3]).filter((gid) => !gids.includes(gid))).toEqual([]);
    expect(new Set(gids).size).toBe(gids.length);
    expect(new Set(users.map((user) => user[2])).size).toBe(users.length);
    expect(groups.find(([name]) => name === 'wheel')?.[3]).toBe('root,ops');
  });
});

describe('secrets', () => {
  it('take all rights from others in the files that hold one, and only there', async () => {
    const open = await entriesOf(modelOf(REFERENCE_FILE));
    expect(open.get('etc/keepalived/keepalived.conf')).toMatchObject({ mode: 0o644 });
    const closed = await entriesOf(variant('vrrp password'));
    expect(closed.get('etc/keepalived/keepalived.conf')).toMatchObject({ mode: 0o600 });
    const stats = await entriesOf(variant(ACCESS));
    expect(stats.get('etc/haproxy/haproxy.cfg')).toMatchObject({ mode: 0o600 });
  });

  it('stand nowhere but in those files', async () => {
    for (const entry of (await entriesOf(variant(ACCESS))).values()) {
      if (entry.type !== 'file' || entry.mode === 0o600) continue;
      expect(entry.content.toString('utf8')).not.toMatch(/quoted|\$6\$/);
    }
  });
});

describe('the network', () => {
  it('brings up the parent of a VLAN, with an MTU that fits', async () => {
    const text = await textOf(
      variant('vlan, several interfaces, three nodes'),
      'etc/network/interfaces',
    );
    expect(text).toBe(`auto lo
iface lo inet loopback
	up ip address add 192.168.9.139/32 dev lo scope host || true

auto eth0
iface eth0 inet manual
	mtu 9000

auto eth0.20
iface eth0.20 inet static
	address 192.168.9.137/24
	gateway 192.168.9.1
	vlan-raw-device eth0
	vlan-id 20
	mtu 9000

auto eth1
iface eth1 inet dhcp

auto eth2
iface eth2 inet static
	address 10.1.0.7/16
	mtu 1400
`);
  });

  it('keeps the DNS servers of the file from the DHCP client', async () => {
    const cluster = variant('vlan, several interfaces, three nodes');
    expect(await textOf(cluster, 'etc/resolv.conf')).toBe(
      'search example.org\nnameserver 192.168.9.1\nnameserver 9.9.9.9\n',
    );
    expect(await textOf(cluster, 'etc/udhcpc/udhcpc.conf')).toContain('RESOLV_CONF="no"');
    expect(await textOf(cluster, 'etc/modules')).toContain('8021q\n');
  });
});

describe('the firewall', () => {
  it('lets VRRP in from the peers alone', async () => {
    const cluster = variant('vlan, several interfaces, three nodes');
    expect(await textOf(cluster, 'etc/nftables.nft', 1)).toContain(
      'iifname "eth0.20" ip saddr { 192.168.9.137, 192.168.9.136 } ip daddr 224.0.0.18 meta l4proto 112 accept',
    );
  });

  it('takes adverts of IPv6 from link-local addresses, or from the peers by unicast', async () => {
    expect(await textOf(variant('dual stack'), 'etc/nftables.nft')).toContain(
      'ip6 saddr { fe80::/10 } ip6 daddr ff02::12 meta l4proto 112',
    );
    expect(await textOf(variant('dual stack unicast'), 'etc/nftables.nft')).toContain(
      'ip6 saddr { fd00::138 } meta l4proto 112',
    );
  });

  it('opens ports to those who are allowed', async () => {
    const services = await textOf(variant('several services'), 'etc/nftables.nft');
    expect(services).toContain(
      '\t\tip saddr { 192.168.0.0/16 } tcp dport { 6443 } accept comment "k8s-api"\n',
    );
    expect(services).toContain(
      '\t\tip6 saddr { fd00::/8 } tcp dport { 6443 } accept comment "k8s-api"\n',
    );
    expect(services).toContain('\t\ttcp dport { 443 } accept comment "ingress"\n');
    const access = await textOf(variant(ACCESS), 'etc/nftables.nft');
    expect(access).toContain(
      '\t\tip saddr { 192.168.9.0/24 } tcp dport { 22 } accept comment "ssh"\n',
    );
    expect(access).toContain(
      '\t\tip6 saddr { fd00::/64 } tcp dport { 8404 } accept comment "stats"\n',
    );
  });

  it('keeps a stats page on the loopback to itself', async () => {
    const cluster = modelOf(`${REFERENCE_FILE}\nstats: {}`);
    expect(await textOf(cluster, 'etc/nftables.nft')).not.toContain('8404');
  });

  it('is wholly absent when it is off', async () => {
    const entries = await entriesOf(variant('no firewall, no ntp, no logs'));
    for (const file of ['etc/nftables.nft', 'etc/modprobe.d', 'etc/runlevels/boot/nftables']) {
      expect(entries.has(file)).toBe(false);
    }
  });
});

describe('the health check', () => {
  it('asks a listener that no limit of a service counts for', async () => {
    const cluster = variant('fast profile');
    expect(await textOf(cluster, 'etc/keepalived/chk_haproxy.sh')).toContain('nc 127.0.0.1 8405');
    const text = await textOf(cluster, 'etc/haproxy/haproxy.cfg');
    expect(text).toContain('    stats socket ipv4@127.0.0.1:8405 level user\n');
    expect(text).not.toContain('127.0.0.1:6443');
  });

  it('takes a port that nothing else has', async () => {
    const cluster = variant('checks of every kind');
    expect(await textOf(cluster, 'etc/haproxy/haproxy.cfg')).toContain('ipv4@127.0.0.1:8406');
  });

  it('has no such listener where it looks for the process', async () => {
    expect(await textOf(variant('reference'), 'etc/haproxy/haproxy.cfg')).not.toContain('ipv4@');
  });
});

describe('the fast profile', () => {
  it('tracks the process of haproxy as a fault, beside the check', async () => {
    const text = await textOf(variant('fast profile'), 'etc/keepalived/keepalived.conf');
    expect(text).toContain(
      'vrrp_track_process haproxy {\n    process haproxy\n    quorum 2\n    weight 0\n    fork_delay 8\n}\n',
    );
    expect(text).toContain('    track_process {\n        haproxy\n    }\n');
    expect(text).toContain('    track_script {\n        chk_haproxy\n    }\n');
    expect(text).toMatch(/^ {4}vrrp_higher_prio_send_advert true$/m);
    expect(text).toMatch(/^ {4}vrrp_priority -20$/m);
    expect(text).toMatch(/^ {4}priority 250$/m);
  });
});

describe('keepalived as a service', () => {
  it('stops before haproxy and is started again when it is killed', async () => {
    for (const name of ['reference', 'fast profile']) {
      const text = await textOf(variant(name), 'etc/conf.d/keepalived');
      expect(text).toMatch(/^rc_after="haproxy vip-flows acpid chronyd"$/m);
      expect(text).toMatch(/^supervisor="supervise-daemon"$/m);
      expect(text).toMatch(/^command_args=".*--release-vips/m);
    }
  });
});

describe('roles', () => {
  it('start as BACKUP everywhere with nopreempt', async () => {
    const cluster = variant('nopreempt');
    for (const index of [0, 1]) {
      const text = await textOf(cluster, 'etc/keepalived/keepalived.conf', index);
      expect(text).toMatch(/^ {4}state BACKUP$/m);
      expect(text).toMatch(/^ {4}nopreempt$/m);
    }
  });

  it('name their own address and the peers with unicast', async () => {
    const text = await textOf(variant('unicast'), 'etc/keepalived/keepalived.conf', 1);
    expect(text).toContain(
      '    unicast_src_ip 192.168.9.138\n    unicast_peer {\n        192.168.9.137\n    }\n',
    );
  });

  it('have a greeting of their own', async () => {
    expect(await textOf(modelOf(REFERENCE_FILE), 'etc/motd', 0)).toContain('MASTER');
    expect(await textOf(modelOf(REFERENCE_FILE), 'etc/motd', 1)).toContain('BACKUP');
  });
});

describe('the world', () => {
  it('of the reference case', () => {
    expect(worldOf(modelOf(REFERENCE_FILE))).toEqual([
      ...['alpine-base', 'chrony', 'haproxy', 'keepalived', 'nftables', 'openssl'],
    ]);
  });

  it('follows what is switched on, and loses its tags in the image', async () => {
    const cluster = variant(ACCESS);
    expect(worldOf(cluster)).toEqual([
      ...['alpine-base', 'chrony', 'curl>=8', 'doas', 'haproxy', 'htop@edge', 'keepalived'],
      ...['nftables', 'openssh', 'openssl', 'qemu-guest-agent', 'tcpdump', 'tzdata'],
    ]);
    const installed = (await textOf(cluster, 'etc/apk/world')).trimEnd().split('\n');
    expect(installed).toEqual(worldOf(cluster).map((name) => name.replace('@edge', '')));
  });

  it('has a package behind every service that the runlevels start', async () => {
    const cluster = variant('no firewall, no ntp, no logs');
    const entries = await entriesOf(cluster);
    expect(worldOf(cluster)).toEqual(
      expect.arrayContaining(['open-vm-tools', 'open-vm-tools-guestinfo']),
    );
    expect(entries.has('etc/runlevels/default/open-vm-tools')).toBe(true);
    expect(entries.has('etc/runlevels/default/chronyd')).toBe(false);
    expect(entries.has('etc/chrony/chrony.conf')).toBe(false);
  });
});

describe("the user's folder", () => {
  it('wins over ours, file by file', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'etc/nftables.d'), { recursive: true });
    writeFileSync(path.join(folder, 'etc/motd.hbs'), 'hello from {{hostname}}\n');
    writeFileSync(path.join(folder, 'etc/nftables.d/site.nft'), '# mine\n');
    const cluster = { ...modelOf(REFERENCE_FILE), overlayFolder: folder };
    expect(await textOf(cluster, 'etc/motd')).toBe('hello from lb-1\n');
    expect(await textOf(cluster, 'etc/nftables.d/site.nft')).toBe('# mine\n');
    expect(await textOf(cluster, 'etc/hostname')).toBe('lb-1\n');
  });
});
