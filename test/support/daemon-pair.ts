import { spawn } from 'node:child_process';
import path from 'node:path';
import type { ClusterModel } from '../../scripts/cluster/model.ts';
import { vipCidrs } from '../../scripts/cluster/vrrp-groups.ts';
import { renderNode } from '../../scripts/overlay/render-node.ts';
import { writeTree } from '../../scripts/overlay/write-tree.ts';
import { nodeOf, TEMPLATES_ROOT } from './cluster/reference-model.ts';
import { temporaryFolder } from './host/test-host.ts';

export const PAIR_NEEDS = ['unshare', 'ip', 'haproxy', 'keepalived', 'busybox'] as const;

/** Not by a user namespace: keepalived drops the groups of its scripts, which nobody may in one of a single account. */
export const MAY_PLAY = process.getuid?.() === 0;

export interface PairDaemons {
  readonly haproxy: string;
  readonly keepalived: string;
}

/**
 * A LAN in namespaces of its own: a bridge with the clients' and the servers' addresses, and two nodes that run haproxy
 * and keepalived with the rendered files. What only a machine has is left out: accounts, chroot, process events.
 * `holders` prints when which nodes have the VIP; the story of the test runs last.
 */
const PAIR = `
set -e
folder=$1 haproxy=$2 keepalived=$3 vip=$4 story=$5
mount -t tmpfs tmpfs /run
ip link set lo up
ip link add lan type bridge
ip link set lan up
for address in $SERVERS; do ip address add "$address/24" dev lan; done
ip address add 192.0.2.200/24 dev lan
for number in 1 2; do
  tree=$folder/lb-$number
  touch "$tree/etc/keepalived/keepalived.config-opts"
  ip netns add lb-$number
  ip link add port$number type veth peer name eth0 netns lb-$number
  ip link set port$number master lan up
  ip -n lb-$number link set lo up
  ip -n lb-$number link set eth0 up
  ip -n lb-$number address add 192.0.2.13$((6 + number))/24 dev eth0
  grep -oE 'ip address add [^ ]+ dev lo( scope host)?' "$tree/etc/network/interfaces" > "$tree/loopback"
  ip netns exec lb-$number sh "$tree/loopback"
  sed -i -E '/^ +(user|group|chroot|stats socket \\/var.*|log \\/dev.*) *[a-z]*$/d; s/^( +maxconn )20[0-9]+$/\\1100/' "$tree/etc/haproxy/haproxy.cfg"
  sed -i -E '/^vrrp_track_process/,/^}/d; /^ +track_process/,/^ +}/d' "$tree/etc/keepalived/keepalived.conf"
  mkdir -p "$tree/bin"
  for applet in nc timeout killall pidof arping setsid ping; do ln -s "$(command -v busybox)" "$tree/bin/$applet"; done
  cat > "$tree/start" <<EOF
mount -t tmpfs tmpfs /run
mkdir /run/keepalived
echo \\$\\$ > "$tree/pid"
for name in haproxy keepalived; do mount --bind "$tree/etc/\\$name" "/etc/\\$name"; done
mount --bind "$tree/usr/local/bin" /usr/local/bin
echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore
echo 2 > /proc/sys/net/ipv4/conf/all/arp_announce
nft -f /etc/keepalived/flows.nft
PATH="$tree/bin:\\$PATH"
"$haproxy" -D -p "$tree/haproxy.pid" -f /etc/haproxy/haproxy.cfg > "$tree/haproxy.log" 2>&1 || exit
exec "$keepalived" --dont-fork --log-console --log-detail > "$tree/keepalived.log" 2>&1
EOF
  ip netns exec lb-$number unshare -m sh "$tree/start" &
done
set +e
holders() {
  for number in 1 2; do
    ip -n lb-$number -o address show dev eth0 | grep -q " $vip/" && echo "lb-$number"
  done | xargs
}
until_held_by() {
  for try in $(seq 150); do test "$(holders)" = "$1" && break; sleep 0.1; done
  echo "held by: $(holders)"
}
# Says each change during so many seconds.
watch() {
  last=$(holders) begun=$SECONDS
  echo "at first: \${last:-nobody}"
  while test $((SECONDS - begun)) -lt $1; do
    now=$(holders)
    test "$now" = "$last" || echo "$((SECONDS - begun)) s: \${now:-nobody}"
    last=$now
    sleep 0.2
  done
}
# On a node, with its files and its programs.
on() {
  node=$1
  shift
  nsenter -t "$(cat "$folder/$node/pid")" -n -m env PATH="$folder/$node/bin:$PATH" "$@"
}
haproxy_of() { cat "$folder/$1/haproxy.pid"; }
eval "$story"
kill $(jobs -p) 2>/dev/null
true
`;

/**
 * Runs a story (shell) among the daemons of a cluster with two nodes, 192.0.2.137 and 192.0.2.138 on eth0.
 *
 * @returns what it printed
 */
export async function playPair(
  cluster: ClusterModel,
  { haproxy, keepalived }: PairDaemons,
  story: string,
  folder = temporaryFolder(),
): Promise<string> {
  const options = { templatesRoot: TEMPLATES_ROOT, release: 'test' };
  for (const index of [0, 1]) {
    const node = nodeOf(cluster, index);
    await writeTree(path.join(folder, node.hostname), await renderNode(cluster, node, options));
  }
  const vip = vipCidrs(cluster)[0]?.replace(/\/.*/, '') ?? '';
  const servers = new Set(
    cluster.services.flatMap(({ backends }) => backends.map((it) => it.address)),
  );
  const args = ['-nmpf', '--mount-proc', '--kill-child', 'bash', '-c', PAIR, 'bash'];
  const child = spawn('unshare', [...args, folder, haproxy, keepalived, vip, story], {
    env: { ...process.env, SERVERS: [...servers].join(' ') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  await new Promise((resolve) => child.on('close', resolve));
  return text;
}
