import { describe, expect, it } from 'vitest';
import { modelOf, REFERENCE_FILE } from '../../support/cluster/reference-model.ts';
import { ACCESS, entriesOf, textOf, variant } from '../../support/cluster/rendered.ts';

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
