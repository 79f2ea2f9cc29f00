import type { ClusterModel, NodeModel } from '../../../cluster/model.ts';
import { hostOf } from '../../../cluster/values/address.ts';
import { instancesOf, memberOf } from '../../../cluster/vrrp-groups.ts';
import type { VrrpGroupModel, VrrpInstanceModel } from '../../../cluster/vrrp-model.ts';
import { portsOf } from '../haproxy.ts';
import { addressesOn, peersOf } from '../network.ts';
import type { View } from '../view-schema.ts';
import { vmacOf } from '../vmac.ts';

type Handover = View['handover'];
type FlowLink = Handover['links'][number];

/** How long a holder counts as alive after an advert: a dead one is replaced after three intervals. */
const INTERVALS_ALIVE = 2.5;
/** A node that lost the VIP needs so long to send its first echo request. */
const LEAST_ALIVE_MS = 1000;

/** What a planned hand-over needs to know: who holds what by which means, whom to ask, which packets to pass on. */
export function handoverView(cluster: ClusterModel, node: NodeModel): Handover {
  const { groups } = cluster.vrrp;
  return {
    loopback: instancesOf(cluster).flatMap(({ family, addresses }) =>
      addresses
        .map(hostOf)
        .map((host) =>
          family === 4 ? { cidr: `${host}/32`, scope: 'host' } : { cidr: `${host}/128` },
        ),
    ),
    instances: groups.flatMap((group) =>
      group.instances.flatMap((instance) => instanceView(instance, group, cluster, node)),
    ),
    peers: peersOf(cluster, node).flatMap((peer) => peerView(peer, cluster)),
    ports: servicePorts(cluster).map((port) => port.toString(16).toUpperCase().padStart(4, '0')),
    links: cluster.firewall.enabled ? linksOf(cluster, node) : [],
  };
}

/** Where a peer does not preempt, or not at once, priorities move nothing: a fault does. */
export function handsOverByFault({ preempt }: VrrpGroupModel): boolean {
  return preempt.mode === 'nopreempt' || preempt.delay > 0;
}

/** So much that a fully healthy peer outranks this node, and one whose check fails does not. */
function weightOf(group: VrrpGroupModel, node: NodeModel): number {
  const { members, checkWeight, tracked } = group;
  const own = memberOf(group, node).priority;
  const others = members.filter(({ hostname }) => hostname !== node.hostname);
  const best = Math.max(0, ...others.map(({ priority }) => priority));
  const gain = [checkWeight, ...tracked.map(({ weight }) => weight)]
    .filter((weight) => weight > 0)
    .reduce((sum, weight) => sum + weight, 0);
  return Math.min(-1, Math.min(254, best + gain) - 1 - Math.min(254, own + gain));
}

function instanceView(
  instance: VrrpInstanceModel,
  group: VrrpGroupModel,
  cluster: ClusterModel,
  node: NodeModel,
): Handover['instances'] {
  const [first] = instance.addresses;
  if (first === undefined) return [];
  const byFault = handsOverByFault(group);
  const carrier = memberOf(group, node).interface;
  return [
    {
      name: instance.name,
      interface: vmacOf(instance, group, cluster) ?? carrier,
      carrier,
      vip: hostOf(first),
      weight: weightOf(group, node),
      byFault,
      // By the timers a peer has taken over then: three intervals and the skew time, or the skew time alone.
      seconds: Math.ceil((byFault ? 1 : 4) * group.advertInt + 2),
    },
  ];
}

function peerView(peer: NodeModel, cluster: ClusterModel): Handover['peers'] {
  const carrier = memberOf(cluster.vrrp.groups[0], peer).interface;
  const address = ([4, 6] as const).flatMap((family) => addressesOn(peer, carrier, family))[0];
  if (address === undefined) return [];
  // A service with an allow list, or one that is let in at its VIPs alone, need not answer this node.
  const open = cluster.services.find(({ allow, groups }) => allow.length + groups.length === 0);
  return [{ hostname: peer.hostname, address, port: open && portsOf(open)[0] }];
}

function servicePorts({ services }: ClusterModel): readonly number[] {
  return [...new Set(services.flatMap((service) => portsOf(service)))].sort((a, b) => a - b);
}

/** Groups whose VIPs have a MAC address of their own are left out: all of its packets follow that address at once. */
function linksOf(cluster: ClusterModel, node: NodeModel): FlowLink[] {
  const groups = cluster.vrrp.groups.filter(({ useVmac }) => !useVmac);
  const names = [...new Set(groups.map((group) => memberOf(group, node).interface))];
  return names.flatMap((name): FlowLink[] =>
    ([4, 6] as const).flatMap((family) => {
      const here = groups.filter((group) => memberOf(group, node).interface === name);
      const vips = here
        .flatMap(({ instances }) => instances)
        .filter((instance) => instance.family === family)
        .flatMap(({ addresses }) => addresses.map(hostOf));
      const [first] = here;
      const peers = first === undefined ? [] : flowPeers(first, family, { cluster, node });
      if (vips.length === 0 || peers.length === 0) return [];
      const slowest = Math.max(...here.map(({ advertInt }) => advertInt));
      return [
        {
          id: `${name.replace(/\W/g, '_')}_${family}`,
          interface: name,
          ip: family === 4 ? 'ip' : 'ip6',
          limit: family === 4 ? 'ttl' : 'hoplimit',
          addressType: family === 4 ? 'ipv4_addr' : 'ipv6_addr',
          echo: family === 4 ? 'icmp type echo-request' : 'icmpv6 type echo-request',
          vips,
          ports: [...servicePorts(cluster)],
          heardMs: Math.max(LEAST_ALIVE_MS, Math.round(slowest * INTERVALS_ALIVE * 1000)),
          peers,
        },
      ];
    }),
  );
}

function flowPeers(
  group: VrrpGroupModel,
  family: 4 | 6,
  { cluster, node }: { readonly cluster: ClusterModel; readonly node: NodeModel },
): FlowLink['peers'] {
  const peers = peersOf(cluster, node);
  const found = peers.flatMap((peer, index) => {
    const address = addressesOn(peer, memberOf(group, peer).interface, family)[0];
    // Multicast adverts of IPv6 come from a link-local address, which names a peer only where there is one.
    const linkLocal = family === 6 && group.transport === 'multicast';
    if (address === undefined || (linkLocal && peers.length > 1)) return [];
    return [{ number: index + 1, address, adverts: linkLocal ? 'fe80::/10' : address }];
  });
  return found.length === peers.length ? found : [];
}
