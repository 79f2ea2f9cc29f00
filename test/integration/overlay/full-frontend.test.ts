import { describe, expect, it } from 'vitest';
import { daemonRows } from '../../support/apk/daemon-rows.ts';
import { modelOf } from '../../support/cluster/reference-model.ts';
import { MAY_PLAY, PAIR_NEEDS, playPair } from '../../support/daemon-pair.ts';
import { requireTools } from '../../support/host/require-tools.ts';

function fileWith(vrrp: string): string {
  return `
nodes:
  - { hostname: lb-1, address: 192.0.2.137/24 }
  - { hostname: lb-2, address: 192.0.2.138/24 }
vrrp: { vip: 192.0.2.139, profile: fast${vrrp} }
haproxy: { log: none }
services:
  - maxconn: 4
    default_server: { maxconn: 100 }
    backends: [{ name: k8s-1, address: 192.0.2.130 }, { name: k8s-2, address: 192.0.2.131 }]
`;
}

/** More clients than the frontend lets in, each of which comes back; the nodes were told apart after 7 s once. */
const CROWD = `
busybox nc -ll -p 6443 -e cat > /dev/null 2>&1 &
until_held_by lb-1
mkfifo "$folder/nothing"
exec 9<> "$folder/nothing"
for client in 1 2 3 4 5 6 7 8; do
  (while :; do busybox nc $vip 6443 <&9 > /dev/null 2>&1; sleep 0.2; done) &
done
waiting() { ip netns exec lb-1 ss -Hltn 'sport = :6443' | awk '{ print ($2 > 0 ? "yes" : "no") }'; }
for _ in $(seq 100); do [ "$(waiting)" = yes ] && break; sleep 0.1; done
echo "waiting for a place: $(waiting)"
watch \${SECONDS_TO_WATCH:-15}
`;

/** One that does nothing any more still has to be noticed: twice 3 s, and 2 s of patience. */
const HANGS = `
kill -STOP $(haproxy_of lb-1)
until_held_by lb-2
`;

const rows = daemonRows();
const daemons = rows.flatMap(({ haproxy, keepalived }) => {
  const [proxy, virtual] = [haproxy.at(-1), keepalived.at(-1)];
  return proxy === undefined || virtual === undefined
    ? []
    : [{ name: proxy, haproxy: proxy, keepalived: virtual }];
});

describe.runIf(requireTools(...PAIR_NEEDS, 'ss') && MAY_PLAY).each(daemons)(
  'a frontend that is full, by $name',
  (programs) => {
    it('moves no VIP, with nopreempt neither, and a haproxy that hangs does', async () => {
      const [usual, nopreempt] = await Promise.all([
        playPair(modelOf(fileWith('')), programs, CROWD + HANGS),
        playPair(modelOf(fileWith(', nopreempt: true')), programs, CROWD),
      ]);
      expect(usual).toBe(
        'held by: lb-1\nwaiting for a place: yes\nat first: lb-1\nheld by: lb-2\n',
      );
      expect(nopreempt).toBe('held by: lb-1\nwaiting for a place: yes\nat first: lb-1\n');
    });
  },
);
