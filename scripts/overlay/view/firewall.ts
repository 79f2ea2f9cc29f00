import type { ClusterModel, NodeModel, ServiceModel } from '../../cluster/model.ts';
import { vipsOf } from '../../cluster/node-addresses.ts';
import { parseAddress } from '../../cluster/values/address.ts';
import { memberOf } from '../../cluster/vrrp-groups.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import { portsOf } from './haproxy.ts';
import { addressesOn, peersOf } from './network.ts';
import type { View } from './view-schema.ts';
import { vmacOf } from './vmac.ts';

type Firewall = View['firewall'];
type Ports = Firewall['ports'][number];

const SSH_PORT = 22;
/** Group addresses of VRRP: RFC 9568, 5.1.1.2 and 5.1.2.2. */
const MULTICAST = { 4: '224.0.0.18', 6: 'ff02::12' } as const;

export function firewallView(cluster: ClusterModel, node: NodeModel): Firewall {
  const { access, firewall, services, stats } = cluster;
  const management = firewall.allowManagement;
  const statsReached = stats !== undefined && !isLoopback(stats.bind);
  const by = node.managementInterface;
  return {
    enabled: firewall.enabled,
    dhcp: node.interfaces.some(({ dhcp }) => dhcp),
    vrrp: vrrpRules(cluster, node),
    ports: [
      ...services.map((service) => ({ ...servicePorts(service, cluster), notBy: by })),
      ...(access.sshd ? [{ ...ports('ssh', [SSH_PORT], management), by }] : []),
      ...(statsReached ? [{ ...ports('stats', [stats.port], management), by }] : []),
      ...firewall.ports.map((own) => ({
        ...ports(own.name, own.ports, own.from),
        protocol: own.protocol,
        ...(own.openOn === 'services' && { notBy: by }),
        ...(own.openOn === 'management' && { by }),
      })),
    ],
  };
}

function isLoopback(address = ''): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** A service that groups carry is let in at their VIPs, and nowhere else. */
function servicePorts(service: ServiceModel, cluster: ClusterModel): Ports {
  const { name, allow, groups } = service;
  const open = ports(name, portsOf(service), allow);
  if (groups.length === 0) return open;
  const vips = vipsOf(cluster, groups);
  const bySource = ([4, 6] as const).flatMap((family) => {
    const addresses = ofFamily(allow, family);
    const own = { ip: nftFamily(family), addresses, vips: ofFamily(vips, family) };
    const isClosed = allow.length > 0 && addresses.length === 0;
    return own.vips.length === 0 || isClosed ? [] : [own];
  });
  return { ...open, sources: bySource };
}

function ports(name: string, numbers: readonly number[], allowed: readonly string[]): Ports {
  return { name, protocol: 'tcp', ports: [...numbers], sources: sources(allowed) };
}

/** One rule per family that the list names; one without a condition where nobody is named. */
function sources(allowed: readonly string[]): Ports['sources'] {
  if (allowed.length === 0) return [{ addresses: [], vips: [] }];
  return ([4, 6] as const)
    .map((family) => ({ ip: nftFamily(family), addresses: ofFamily(allowed, family), vips: [] }))
    .filter(({ addresses }) => addresses.length > 0);
}

function ofFamily(addresses: readonly string[], family: 4 | 6): string[] {
  return addresses.filter((address) => parseAddress(address)?.family === family);
}

function nftFamily(family: 4 | 6): 'ip' | 'ip6' {
  return family === 4 ? 'ip' : 'ip6';
}

function vrrpRules(cluster: ClusterModel, node: NodeModel): Firewall['vrrp'] {
  const rules = cluster.vrrp.groups.flatMap((group) =>
    group.instances.map((instance) => {
      const vmac = vmacOf(instance, group, cluster);
      return vrrpRule(instance.family, group, { cluster, node, vmac });
    }),
  );
  // Groups on one interface need the same.
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}

interface RuleContext {
  readonly cluster: ClusterModel;
  readonly node: NodeModel;
  readonly vmac: string | undefined;
}

function vrrpRule(
  family: 4 | 6,
  group: VrrpGroupModel,
  { cluster, node, vmac }: RuleContext,
): Firewall['vrrp'][number] {
  const multicast = group.transport === 'multicast';
  return {
    interface: memberOf(group, node).interface,
    // Adverts are heard at either: it is a member of the multicast group as well.
    vmac,
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
