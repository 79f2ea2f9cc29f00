import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderNode } from '../../../scripts/overlay/render-node.ts';
import { writeTree } from '../../../scripts/overlay/write-tree.ts';
import { daemonRows } from '../../support/apk/daemon-rows.ts';
import { OVERLAY_VARIANTS } from '../../support/cluster/overlay-variants.ts';
import type { OverlayVariant } from '../../support/cluster/overlay-variants.ts';
import { modelOf, TEMPLATES_ROOT } from '../../support/cluster/reference-model.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';

/**
 * Puts the tree's etc/ folders instead of the host's, inside namespaces of its own: the daemons read the
 * files under the very paths and find the very accounts that the appliance has.
 */
const IN_THE_APPLIANCE = `
set -e
tree=$1; shift
# Debian's keepalived 2.3 does not start without it.
touch "$tree/etc/keepalived/keepalived.config-opts"
# One account is mapped here: others' scripts are judged as if they were root's.
sed -i -E 's/^( +user) .*/\\1 root/' "$tree/etc/keepalived/keepalived.conf"
for name in haproxy keepalived; do
  test -d "$tree/etc/$name" && mount --bind "$tree/etc/$name" "/etc/$name"
done
mount --bind "$tree/etc/passwd" /etc/passwd
mount --bind "$tree/etc/group" /etc/group
# Name servers are beyond a route, as on the appliance: haproxy says where it cannot send to one.
ip link set lo up
ip route add default dev lo
ip -6 route add default dev lo
for name in eth0 eth0.20 eth1 bond0.20; do ip link add "$name" type bridge; done
exec "$@"
`;

const toolsThere = requireTools('unshare', 'ip', 'haproxy', 'keepalived', 'nft');

async function treeOf({ file, texts }: OverlayVariant, index: number): Promise<string> {
  const cluster = modelOf(file, texts);
  const node = cluster.nodes[index];
  if (node === undefined) throw new Error(`The variant has no node ${index}.`);
  const tree = await renderNode(cluster, node, { templatesRoot: TEMPLATES_ROOT, release: 'test' });
  const folder = temporaryFolder();
  await writeTree(folder, tree);
  return folder;
}

function inAppliance(tree: string, ...command: readonly string[]) {
  const args = ['-Urnm', 'sh', '-c', IN_THE_APPLIANCE, 'sh', tree, ...command];
  const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

const CASES = OVERLAY_VARIANTS.flatMap((variant) =>
  [0, 1].map((index) => ({ ...variant, name: `${variant.name}, node ${index + 1}`, index })),
);
const STARTS = CASES.filter(
  ({ index, name }) => index === 0 && /fast|unicast|dual|delay/.test(name),
);

/** Starts keepalived with the addresses of a node, and stops it two seconds later. */
const START = `
mount -t tmpfs tmpfs /run
mkdir /run/keepalived
ip link set lo up
ip link set eth0 up
ip address add 192.168.9.137/24 dev eth0
ip address add fd00::137/64 dev eth0 nodad
timeout --signal=TERM 2 "$1" --dont-fork --log-console --log-detail > /run/log 2>&1
cat /run/log
`;

/** Starts haproxy as the service does; accounts and folders of the appliance are not there. */
const SERVE = `
mount -t tmpfs tmpfs /run
ip link set lo up
sed -E '/^ +(user|group|chroot|stats socket \\/var\\S*) /d; s/maxconn 20000/maxconn 100/' /etc/haproxy/haproxy.cfg > /run/haproxy.cfg
program=$1
shift
"$program" "$@" -p /run/haproxy.pid -f /run/haproxy.cfg > /dev/null 2>&1
master=$(cat /run/haproxy.pid)
count() {
  echo "processes $(ps -o pid= -p "$master" --ppid "$master" | wc -l), bound $(ss -Hltn 'sport = :6443' | wc -l)"
}
await() {
  for try in $(seq 100); do
    test "$(count)" = "$1" && break
    sleep 0.1
  done
  count
}
await 'processes 2, bound 1'
kill -9 "$master"
echo "master killed: $(await 'processes 0, bound 0')"
`;

/** For files that are the same on all nodes. */
const ONE_NODE = CASES.filter(({ index }) => index === 0);

describe.runIf(toolsThere).each(daemonRows())('the daemons of $name', (row) => {
  it.each(ONE_NODE)('haproxy accepts, without a warning: $name', async ({ index, ...variant }) => {
    const tree = await treeOf(variant, index);
    for (const haproxy of row.haproxy) {
      const result = inAppliance(tree, haproxy, '-c', '-dW', '-f', '/etc/haproxy/haproxy.cfg');
      expect(result.text).not.toMatch(/WARNING|ALERT|NOTICE/);
      expect(result.status).toBe(0);
    }
  });

  it.each(CASES)('keepalived accepts: $name', async ({ index, ...variant }) => {
    const tree = await treeOf(variant, index);
    for (const keepalived of row.keepalived) {
      const test = ['--config-test', '--log-console', '--dont-fork'];
      const result = inAppliance(tree, keepalived, ...test);
      expect(result.text).not.toMatch(/unknown|warning|disabl|invalid|ignor|missing|not found/i);
      expect(result.status).toBe(0);
    }
  });

  it.each(STARTS)('keepalived starts without a remark: $name', async ({ index, ...variant }) => {
    const tree = await treeOf(variant, index);
    for (const keepalived of row.keepalived) {
      // A configuration test hides what a start says.
      const result = inAppliance(tree, 'sh', '-c', START, 'sh', keepalived);
      expect(result.text).toMatch(/Startup complete/);
      expect(result.text).not.toMatch(/notice|should|must|unknown|warning|invalid|ignor/i);
    }
  });

  it('haproxy as a service is two processes, which end with each other', async () => {
    const [fast] = CASES.filter(({ name }) => name === 'fast profile, node 1');
    if (fast === undefined) throw new Error('There is no such case.');
    const tree = await treeOf(fast, 0);
    const service = readFileSync(path.join(tree, 'etc/init.d/haproxy'), 'utf8');
    const options = / -- (-W -D) -p "\$pidfile" -f "\$cfgfile"$/m.exec(service)?.[1] ?? '';
    for (const haproxy of row.haproxy) {
      const result = inAppliance(tree, 'sh', '-c', SERVE, 'sh', haproxy, ...options.split(' '));
      expect(result.text).toMatch(/processes 2, bound 1\nmaster killed: processes 0, bound 0\n$/);
    }
  });
});

describe.runIf(toolsThere)('nftables accepts what is rendered', () => {
  it.each(CASES)('nft: $name', async ({ index, ...variant }) => {
    const tree = await treeOf(variant, index);
    const rules = path.join(tree, 'etc/nftables.nft');
    if (!modelOf(variant.file, variant.texts).firewall.enabled) return;
    expect(inAppliance(tree, 'nft', '--check', '--file', rules)).toEqual({ status: 0, text: '' });
  });
});

describe.runIf(requireTools('shellcheck'))('the shell scripts', () => {
  it.each(ONE_NODE)('shellcheck: $name', async ({ index, ...variant }) => {
    const tree = await treeOf(variant, index);
    const result = spawnSync(
      'shellcheck',
      [
        '--shell=sh',
        // Settings for others to read; local, which busybox's shell has.
        '--exclude=SC2034,SC3043',
        'etc/keepalived/chk_haproxy.sh',
        'etc/conf.d/syslog',
        'etc/conf.d/haproxy',
        'etc/conf.d/keepalived',
        ...['etc/init.d/haproxy', 'etc/init.d/card-names', 'etc/network/bond'].filter((name) =>
          existsSync(path.join(tree, name)),
        ),
      ],
      { cwd: tree, encoding: 'utf8' },
    );
    expect({ status: result.status, text: result.stdout }).toEqual({ status: 0, text: '' });
  });
});
