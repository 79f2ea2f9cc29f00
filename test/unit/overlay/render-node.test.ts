import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { worldOf } from '../../../scripts/overlay/view/world.ts';
import { modelOf, REFERENCE_FILE } from '../../support/cluster/reference-model.ts';
import { ACCESS, entriesOf, textOf, variant } from '../../support/cluster/rendered.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';

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
