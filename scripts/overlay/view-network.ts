import { hostOf, parseAddress } from '../cluster/address.ts';
import type { ClusterModel, InterfaceModel, NodeModel } from '../cluster/model.ts';
import { mainInterface } from '../cluster/vrrp-groups.ts';
import type { View } from './view-schema.ts';

type Network = View['network'];

/** The node's static addresses of one family on one interface, without prefix. */
export function addressesOn(node: NodeModel, name: string, family: 4 | 6): readonly string[] {
  const found = node.interfaces.find((candidate) => candidate.name === name);
  return (found?.addresses ?? [])
    .map(hostOf)
    .filter((host) => parseAddress(host)?.family === family);
}

export function networkView(node: NodeModel): Network {
  const { interfaces } = node;
  return {
    interfaces: [...bareParents(interfaces), ...interfaces.map(interfaceView)],
    hasVlan: interfaces.some(({ vlan }) => vlan !== undefined),
    dns: [...node.dns],
    searchDomains: [...node.searchDomains],
    keepResolvConf: node.dns.length > 0 && interfaces.some(({ dhcp }) => dhcp),
  };
}

function interfaceView(model: InterfaceModel): Network['interfaces'][number] {
  const { name, addresses, dhcp, gateway4, gateway6, vlan, mtu } = model;
  return {
    name,
    method: dhcp ? 'dhcp' : addresses.length > 0 ? 'static' : 'manual',
    addresses: [...addresses],
    gateways: [gateway4, gateway6].filter((gateway) => gateway !== undefined),
    vlan,
    mtu,
  };
}

/** A VLAN needs its parent up, which the cluster file need not list: it has no address. */
function bareParents(interfaces: readonly InterfaceModel[]): Network['interfaces'] {
  const parents = new Set(
    interfaces.flatMap(({ vlan }) => (vlan === undefined ? [] : [vlan.parent])),
  );
  for (const { name } of interfaces) parents.delete(name);
  return [...parents].sort().map((name) => ({
    ...{ name, method: 'manual' as const, addresses: [], gateways: [] },
    mtu: largestMtuOn(name, interfaces),
  }));
}

/** A VLAN's MTU cannot exceed its parent's. */
function largestMtuOn(parent: string, interfaces: readonly InterfaceModel[]): number | undefined {
  const sizes = interfaces.flatMap(({ vlan, mtu }) =>
    vlan?.parent === parent && mtu ? [mtu] : [],
  );
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}

/** Lines of etc/hosts: each node by its static address on its main interface. */
export function hostsView(cluster: ClusterModel): View['hosts'] {
  return cluster.nodes.flatMap((node) =>
    ([4, 6] as const).flatMap((family) =>
      addressesOn(node, mainInterface(cluster, node), family)
        .slice(0, 1)
        .map((address) => ({ address, hostname: node.hostname })),
    ),
  );
}
