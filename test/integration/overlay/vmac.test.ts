import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { modelOf } from '../../support/cluster/reference-model.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { seenOnLan } from '../../support/rendered-pair.ts';

const VIP = '192.168.9.139';
const FILE = `
nodes:
  - { hostname: lb-1, address: 192.168.9.137/24 }
  - { hostname: lb-2, address: 192.168.9.138/24 }
vrrp: { vip: ${VIP}, use_vmac: true, virtual_router_id: 51, version: 3, advert_int: 0.25 }
services:
  - backends:
      - { name: k8s-1, address: 192.168.9.130 }
      - { name: k8s-2, address: 192.168.9.131 }
`;
/** RFC 9568, section 7.3: the last byte is the virtual_router_id, 51. */
const MAC_ADDRESS = '00:00:5e:00:01:33';

/** A node with its rendered packet filter, kernel settings, haproxy and keepalived; it dies by order. */
const NODE = `
tree=$1; address=$2
mount -t tmpfs tmpfs /run && mkdir /run/keepalived
mount --bind "$tree/etc/keepalived" /etc/keepalived
mount --bind "$tree/etc/passwd" /etc/passwd
mount --bind "$tree/etc/group" /etc/group
until ip link show eth0 >/dev/null 2>&1; do sleep 0.05; done
sed -n 's/^\\(net[.]ipv4[.][^ ]*\\) = /\\1 /p' "$tree/etc/sysctl.d/90-vip.conf" | while read -r key value; do
  file=/proc/sys/$(echo "$key" | tr . /)
  if test -w "$file"; then echo "$value" > "$file"; fi
done
nft -f "$tree/etc/nftables.nft" || echo 'no packet filter'
ip link set lo up && ip link set eth0 up && ip address add "$address/24" dev eth0
haproxy -db -f "$tree/etc/haproxy/haproxy.cfg" > "$tree/haproxy.log" 2>&1 &
keepalived --dont-fork --log-console --release-vips > "$tree/keepalived.log" 2>&1 &
until test -e "$tree/die"; do sleep 0.05; done
busybox killall -KILL keepalived
ip link set eth0 down
`;

/** The switch and a client on it. Each line says what the client sees: the VIP's MAC address, and who asked the server. */
const LAN = `
folder=$1; vip=$2; node=$3
ip link set lo up
ip link add br0 type bridge && ip link set br0 up
for host in 1 130 131; do ip address add "192.168.9.$host/24" dev br0; done
haproxy -db -f "$folder/servers.cfg" > /dev/null 2>&1 &
node() {
  unshare -nmpf --mount-proc sh -c "$node" sh "$folder/$1" "$2" &
  pid=$!
  until test "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)"; do sleep 0.05; done
  ip link add "port-$1" type veth peer name eth0 netns "$pid"
  ip link set "port-$1" master br0 up
}
seen() {
  answer=$(printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 2 busybox nc -w 1 "$vip" 6443 2>/dev/null | tail -n 1)
  echo "$(ip neighbour show "$vip" | grep -oE '([0-9a-f]{2}:){5}[0-9a-f]{2}') $answer"
}
await() {
  for try in $(seq 100); do now=$(seen); case "$now" in *"$2") break ;; esac; sleep 0.1; done
  echo "$1: $now"
}
masters() { grep -l 'Entering MASTER STATE' "$folder"/lb-*/keepalived.log | xargs -n 1 dirname | xargs -n 1 basename | xargs; }
node lb-1 192.168.9.137
await 'all is well' 192.168.9.137
node lb-2 192.168.9.138
for try in $(seq 100); do grep -qs 'Entering BACKUP STATE' "$folder/lb-2/keepalived.log" && break; sleep 0.1; done
# Three times what a BACKUP waits for an advert.
sleep 3
echo "was master: $(masters)"
touch "$folder/lb-1/die"
await 'lb-1 is dead' 192.168.9.138
echo "was master: $(masters)"
`;

/** Whether this kernel has what keepalived puts the VIP's MAC address on; where the proofs run it must. */
function hasMacvlan(): boolean {
  const make =
    'ip link add card0 type veth peer name card1 && ip link add link card0 name vmac0 type macvlan mode private';
  const there = spawnSync('unshare', ['-Urn', 'sh', '-c', make]).status === 0;
  if (!there && process.env['CI'] !== undefined) throw new Error('This kernel has no macvlan.');
  if (!there) console.warn('skipped: this kernel has no macvlan, or lets no user make one');
  return there;
}

const NEEDS = ['unshare', 'ip', 'nft', 'haproxy', 'keepalived', 'busybox'];

describe.runIf(requireTools(...NEEDS) && hasMacvlan())(
  'a VIP with a MAC address of its own',
  () => {
    it('is heard of through the packet filter, and keeps its MAC address when the master dies', async () => {
      expect(
        await seenOnLan(modelOf(FILE), { lan: LAN, args: [VIP, NODE], ports: [6443] }),
      ).toEqual([
        `all is well: ${MAC_ADDRESS} 192.168.9.137`,
        'was master: lb-1',
        `lb-1 is dead: ${MAC_ADDRESS} 192.168.9.138`,
        'was master: lb-1 lb-2',
      ]);
    }, 120_000);
  },
);
