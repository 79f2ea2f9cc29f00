import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { renderNode } from '../../../scripts/overlay/render-node.ts';
import { writeTree } from '../../../scripts/overlay/write-tree.ts';
import { buildLab } from '../../lab/build-lab.ts';
import { modelOf, nodeOf, TEMPLATES_ROOT } from '../../support/cluster/reference-model.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';
import { explained, suiteHost } from '../../support/images/lab-pair.ts';

const OUT = path.resolve(import.meta.dirname, '../../../out');
const VIP = `
vrrp: { vip: 192.168.9.139 }
services: [{ backends: [{ name: k8s-1, address: 192.168.9.130 }, { name: k8s-2, address: 192.168.9.131 }] }]
`;
const ETH0 = 'eth0=02:00:00:00:00:01';
const ETH1 = 'eth1=02:00:00:00:00:02';
const PEER = '{ hostname: lb-2, address: 192.168.9.138/24 }';

/** Packages of the image that bring up a network. */
const PACKAGES = ['busybox', 'busybox-binsh', 'ifupdown-ng', 'libbsd', 'libmd', 'musl'];

/**
 * A machine of the image's programs with the overlay over them, in namespaces of its own. Network cards are ends of
 * virtual cables: NAME=MAC. The script runs in there.
 */
const MACHINE = `
set -e
cd "$1"
script=$2
shift 2
mkdir -p proc sys run dev tmp usr/bin usr/sbin
mount -t proc proc proc
mount -t sysfs sysfs sys
chroot . /bin/busybox --install -s 2>/dev/null || true
ip link set lo up
for card; do
  ip link add "\${card%%=*}" address "\${card#*=}" type veth peer name "peer-\${card%%=*}"
  ip link set dev "peer-\${card%%=*}" up
done
exec chroot . /bin/sh -c "$script"
`;

/** Words for the scripts: the network as the service `networking` brings it up, and what openrc-run gives a service. */
const WORDS = `
up() {
  for name in $(/sbin/ifquery --list -a); do [ "$name" = lo ] || /sbin/ifup "$name"; done
}
names() {
  ebegin() { :; }
  eend() { return "$1"; }
  eerror() { echo "$@"; }
  patience=0
  . /etc/init.d/card-names
  start
}
macs() { for place in /sys/class/net/*; do echo "\${place##*/} $(cat "$place/address")"; done; }
`;

/** Kinds of links that this machine's kernel makes: many have no modules. */
function kernelMakes(...kinds: readonly string[]): boolean {
  const script = 'for kind; do ip link add x$kind type $kind || exit 1; done';
  const args = ['-Urn', 'sh', '-c', script, 'sh', ...kinds];
  return spawnSync('unshare', args, { encoding: 'utf8' }).status === 0;
}

const there = requireTools('unshare', 'ip', 'apt-get', 'dpkg-deb', 'tar');

describe.runIf(there)('the network files, brought up by the ifupdown-ng of the image', () => {
  let repository: string;

  beforeAll(async () => {
    const lab = await explained(
      buildLab(suiteHost(), {
        out: path.join(OUT, 'lab'),
        downloads: path.join(OUT, 'lab-downloads'),
        refresh: false,
      }),
    );
    repository = path.join(lab.repository, 'x86_64');
  }, 600_000);

  function unpack(name: string, root: string): void {
    const pattern = new RegExp(String.raw`^${name}-\d[^-]*-r\d+\.apk$`);
    const file = readdirSync(repository).find((it) => pattern.test(it));
    expect(file, name).toBeDefined();
    const args = ['-xzf', path.join(repository, file ?? ''), '--ignore-zeros', '-C', root];
    expect(spawnSync('tar', args).status).toBe(0);
  }

  /** @param cards NAME=MAC, as the kernel finds them */
  async function inMachine(nodes: string, cards: readonly string[], script: string) {
    const cluster = modelOf(`nodes: [${nodes}, ${PEER}]\n${VIP}`);
    const options = { templatesRoot: TEMPLATES_ROOT, release: 'test' };
    const root = temporaryFolder();
    for (const name of PACKAGES) unpack(name, root);
    await writeTree(root, await renderNode(cluster, nodeOf(cluster), options));
    const args = ['-Urnmpf', 'sh', '-c', MACHINE, 'sh', root, `${WORDS}\n${script}`, ...cards];
    const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
    return { status, text: stdout + stderr };
  }

  test('static routes of both families', async () => {
    const node = `{ hostname: lb-1, address: [192.168.9.137/24, "fd00::137/64"], gateway: 192.168.9.1, routes: [
      { to: 10.20.0.0/16, via: 192.168.9.2, metric: 10 },
      { to: default, via: 192.168.9.3, metric: 20 },
      { to: "fd01::/64", via: "fd00::1" }, { to: "::/0", via: "fe80::1" }] }`;
    const { status, text } = await inMachine(node, [ETH0], 'up; ip route; ip -6 route');
    expect(status, text).toBe(0);
    expect(text).toMatch(/^default via 192\.168\.9\.1 dev eth0 .*metric 1 *$/m);
    expect(text).toMatch(/^default via 192\.168\.9\.3 dev eth0 +metric 20/m);
    expect(text).toMatch(/^10\.20\.0\.0\/16 via 192\.168\.9\.2 dev eth0 +metric 10/m);
    expect(text).toMatch(/^fd01::\/64 via fd00::1 dev eth0/m);
    expect(text).toMatch(/^default via fe80::1 dev eth0/m);
  });

  test('a route that cannot be made leaves the address alone', async () => {
    const node =
      '{ hostname: lb-1, address: 192.168.9.137/24, routes: [{ to: 10.0.0.0/8, via: 192.168.9.1 }] }';
    const script = `sed -i 's/via 192/via 172/' /etc/network/interfaces; up; ip -o address`;
    const { status, text } = await inMachine(node, [ETH0], script);
    expect(status, text).toBe(0);
    expect(text).toMatch(/Network (is )?unreachable/);
    expect(text).toContain('192.168.9.137/24');
  });

  const NAMED = `{ hostname: lb-1, address: 192.168.9.137/24, mac: "02-00-00-00-00-02", interfaces: [
    { name: eth1, mac: "02:00:00:00:00:01", address: 10.0.0.7/24 },
    { name: mgmt0, mac: "02:00:00:00:00:0A", address: 10.0.1.7/24 }] }`;

  test('cards by their MAC addresses, where two have each other’s names', async () => {
    const cards = [ETH0, ETH1, 'eth2=02:00:00:00:00:0a'];
    const { status, text } = await inMachine(NAMED, cards, 'names; names; macs; up; ip -o address');
    expect(status, text).toBe(0);
    expect(text).toMatch(/^eth0 02:00:00:00:00:02$/m);
    expect(text).toMatch(/^eth1 02:00:00:00:00:01$/m);
    expect(text).toMatch(/^mgmt0 02:00:00:00:00:0a$/m);
    expect(text).toMatch(/eth0 +inet 192\.168\.9\.137\/24/);
    expect(text).toMatch(/mgmt0 +inet 10\.0\.1\.7\/24/);
  });

  test('a card that is missing is named, and a stranger makes way for the others', async () => {
    const cards = ['eth0=02:00:00:00:00:77', ETH1];
    const { text } = await inMachine(NAMED, cards, 'names || echo failed; macs');
    expect(text).toContain('no network card has the MAC address 02:00:00:00:00:0a');
    expect(text).toContain('failed');
    expect(text).toMatch(/^eth0 02:00:00:00:00:02$/m);
    expect(text).toMatch(/^eth2 02:00:00:00:00:77$/m);
  });

  const BOND = `{ hostname: lb-1, vlan: 20, mtu: 1400, address: 192.168.9.137/24,
    bond: { members: [eth0, eth1, eth9], primary: eth1 } }`;

  test.runIf(kernelMakes('bond', 'veth'))('a bond with a VLAN on top', async () => {
    const script = 'up; cat /proc/net/bonding/bond0; ip -o address; ip -o link show bond0.20';
    const { status, text } = await inMachine(BOND, [ETH0, ETH1], script);
    expect(status, text).toBe(0);
    expect(text).toContain('there is no network card eth9');
    expect(text).toContain('Bonding Mode: fault-tolerance (active-backup)');
    expect(text).toContain('Currently Active Slave: eth1');
    expect(text).toMatch(/bond0\.20 +inet 192\.168\.9\.137\/24/);
    expect(text).toContain('mtu 1400');
  });
});
