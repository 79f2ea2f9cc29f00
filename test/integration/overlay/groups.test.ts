import { describe, expect, it } from 'vitest';
import { modelOf } from '../../support/cluster/reference-model.ts';
import { ACTIVE_ACTIVE_FILE } from '../../support/group-files.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { seenOnLan } from '../../support/rendered-pair.ts';

/**
 * A node in namespaces of its own, where keepalived runs no check: one account cannot set its groups. Daemons under the rendered files, and a file through which it is told what to do.
 */
const NODE = `
tree=$1; address=$2
mount -t tmpfs tmpfs /run && mkdir /run/keepalived
mount --bind "$tree/etc/keepalived" /etc/keepalived
mount --bind "$tree/etc/passwd" /etc/passwd
mount --bind "$tree/etc/group" /etc/group
export PATH="$tree/bin:$PATH"
until ip link show eth0 >/dev/null 2>&1; do sleep 0.05; done
echo 1 > /proc/sys/net/ipv4/ip_nonlocal_bind
echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore
ip link set lo up && ip link set eth0 up && ip address add "$address/24" dev eth0
guard() { keepalived --dont-fork --log-console --release-vips >> "$tree/keepalived.log" 2>&1 & }
haproxy -db -f "$tree/etc/haproxy/haproxy.cfg" > "$tree/haproxy.log" 2>&1 &
guard
while sleep 0.1; do
  test -e "$tree/order" || continue
  case "$(cat "$tree/order")" in
    die) busybox killall -KILL keepalived; ip link set eth0 down ;;
    live) ip link set eth0 up; guard ;;
  esac
  rm "$tree/order"
done
`;

/** The switch, the API servers behind, and a client: via which node each VIP answers is a line of the output. */
const LAN = `
folder=$1; vips=$2; node=$3
ip link set lo up
ip link add br0 type bridge && ip link set br0 up
for host in 1 130 131; do ip address add "192.168.9.$host/24" dev br0; done
haproxy -db -f "$folder/servers.cfg" > /dev/null 2>&1 &
for name in lb-1 lb-2; do
  unshare -nmpf --mount-proc sh -c "$node" sh "$folder/$name" "192.168.9.13$((\${name#lb-} + 6))" &
  pid=$!
  until test "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)"; do sleep 0.05; done
  ip link add "port-$name" type veth peer name eth0 netns "$pid"
  ip link set "port-$name" master br0 up
done
holders() {
  for vip in $vips; do
    ip neighbour flush dev br0 >/dev/null 2>&1
    answer=$(printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 2 busybox nc -w 1 "\${vip%:*}" "\${vip#*:}" 2>/dev/null | tail -n 1)
    printf '%s ' "\${answer:-nobody}"
  done
}
await() {
  tries=0 steady=0
  # A VIP that moves may be seen at its new place once before it is there for good.
  until test "$steady" = 3 || test $((tries += 1)) -gt 60; do
    now=$(holders)
    if test "$now" = "$2 $3 "; then steady=$((steady + 1)); else steady=0; fi
    sleep 0.1
  done
  echo "$1: $now"
}
await 'all is well' 192.168.9.137 192.168.9.138
echo die > "$folder/lb-1/order"; await 'lb-1 is dead' 192.168.9.138 192.168.9.138
echo live > "$folder/lb-1/order"; await 'lb-1 is back' 192.168.9.137 192.168.9.138
echo die > "$folder/lb-2/order"; await 'lb-2 is dead' 192.168.9.137 192.168.9.137
echo live > "$folder/lb-2/order"; await 'lb-2 is back' 192.168.9.137 192.168.9.138
`;

const NEEDS = ['unshare', 'ip', 'haproxy', 'keepalived', 'busybox'];

/** Quick timers; and a client of the LAN's network may ask both. */
const FILE = ACTIVE_ACTIVE_FILE.replaceAll(
  /( {4}owner: lb-)/g,
  '    version: 3\n    advert_int: 0.1\n$1',
)
  .replace('owner: lb-1', 'owner: lb-1\n    check: { interval: 1 }')
  .replace(/ {4}allow: .*\n/, '');

async function holdersSeen(): Promise<readonly string[]> {
  const vips = '192.168.9.139:6443 192.168.9.140:443';
  return await seenOnLan(modelOf(FILE), { lan: LAN, args: [vips, NODE], ports: [6443, 443] });
}

describe.runIf(requireTools(...NEEDS))('two VRRP groups, each node the owner of one', () => {
  it('both VIPs answer whichever node is dead, and go home when it is back', async () => {
    expect((await holdersSeen()).map((line) => line.trim())).toEqual([
      'all is well: 192.168.9.137 192.168.9.138',
      'lb-1 is dead: 192.168.9.138 192.168.9.138',
      'lb-1 is back: 192.168.9.137 192.168.9.138',
      'lb-2 is dead: 192.168.9.137 192.168.9.137',
      'lb-2 is back: 192.168.9.137 192.168.9.138',
    ]);
  }, 120_000);
});
