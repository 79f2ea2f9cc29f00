import { parseAddress } from '../cluster/address.ts';
import type { ClusterModel, NodeModel, VrrpGroupModel } from '../cluster/model.ts';
import { memberOf } from '../cluster/vrrp-groups.ts';
import { portsOf } from './view-haproxy.ts';
import { peersOf } from './view-keepalived.ts';
import { addressesOn } from './view-network.ts';
import type { View } from './view-schema.ts';

type Firewall = View['firewall'];
type Ports = Firewall['ports'][number];

const SSH_PORT = 22;
/** Group addresses of VRRP: RFC 9568, 5.1.1.2 and 5.1.2.2. */
const MULTICAST = { 4: '224.0.0.18', 6: 'ff02::12' } as const;

export function firewallView(cluster: ClusterModel, node: NodeModel): Firewall {
  const { access, firewall, services, stats } = cluster;
  const management = firewall.allowManagement;
  const statsReached = stats !== undefined && !isLoopback(stats.bind);
  return {
    enabled: firewall.enabled,
    dhcp: node.interfaces.some(({ dhcp }) => dhcp),
    vrrp: vrrpRules(cluster, node),
    ports: [
      ...services.map((service) => ports(service.name, portsOf(service), service.allow)),
      ...(access.sshd ? [ports('ssh', [SSH_PORT], management)] : []),
      ...(statsReached ? [ports('stats', [stats.port], management)] : []),
    ],
  };
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function ports(name: string, numbers: readonly number[], allowed: readonly string[]): Ports {
  return { name, ports: [...numbers], sources: sources(allowed) };
}

/** One rule per family that the list names; one without a condition where nobody is named. */
function sources(allowed: readonly string[]): Ports['sources'] {
  if (allowed.length === 0) return [{ addresses: [] }];
  return ([4, 6] as const)
    .map((family) => ({ ip: nftFamily(family), addresses: ofFamily(allowed, family) }))
    .filter(({ addresses }) => addresses.length > 0);
}

function ofFamily(addresses: readonly string[], family: 4 | 6): string[] {
  return addresses.filter((address) => parseAddress(address)?.family === family);
}

function nftFamily(family: 4 | 6): 'ip' | 'ip6' {
  return family === 4 ? 'ip' : 'ip6';
}

function vrrpRules(cluster: ClusterModel, node: NodeModel): Firewall['vrrp'] {
  return cluster.vrrp.groups.flatMap((group) =>
    group.instances.map(({ family }) => vrrpRule(family, group, cluster, node)),
  );
}

function vrrpRule(
  family: 4 | 6,
  group: VrrpGroupModel,
  cluster: ClusterModel,
  node: NodeModel,
): Firewall['vrrp'][number] {
  const multicast = group.transport === 'multicast';
  return {
    interface: memberOf(group, node).interface,
    ip: nftFamily(family),
    from: family === 6 && multicast ? ['fe80::/10'] : knownPeers(family, group, cluster, node),
    to: multicast ? MULTICAST[family] : undefined,
  };
}

/** Addresses the peers send adverts from; none when one of them is not known beforehand (DHCP). */
function knownPeers(
  family: 4 | 6,
  group: VrrpGroupModel,
  cluster: ClusterModel,
  node: NodeModel,
): string[] {
  const addresses = peersOf(cluster, node).map((peer) =>
    addressesOn(peer, memberOf(group, peer).interface, family),
  );
  return addresses.some((list) => list.length === 0) ? [] : addresses.flat();
}
