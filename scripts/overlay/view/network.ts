import type { BondModel, ClusterModel, InterfaceModel, NodeModel } from '../../cluster/model.ts';
import { cardsOf } from '../../cluster/network/cards.ts';
import { hostOf, parseAddress } from '../../cluster/values/address.ts';
import { mainInterface } from '../../cluster/vrrp-groups.ts';
import { compareStrings } from '../../core/digest.ts';
import type { View } from './view-schema.ts';

type Network = View['network'];

export function peersOf(cluster: ClusterModel, node: NodeModel): readonly NodeModel[] {
  return cluster.nodes.filter(({ hostname }) => hostname !== node.hostname);
}

/** The node's static addresses of one family on one interface, without prefix. */
export function addressesOn(node: NodeModel, name: string, family: 4 | 6): readonly string[] {
  const found = node.interfaces.find((candidate) => candidate.name === name);
  return (found?.addresses ?? [])
    .map(hostOf)
    .filter((host) => parseAddress(host)?.family === family);
}

/** The node's static addresses on its interface for management, without prefix. */
export function managementAddresses(node: NodeModel): readonly string[] {
  const name = node.managementInterface;
  if (name === undefined) return [];
  return ([4, 6] as const).flatMap((family) => addressesOn(node, name, family));
}

export function managementView(node: NodeModel): View['management'] {
  const name = node.managementInterface;
  return name === undefined
    ? undefined
    : { interface: name, addresses: [...managementAddresses(node)] };
}

export function networkView(node: NodeModel): Network {
  const { interfaces } = node;
  return {
    interfaces: [...bareParents(interfaces), ...interfaces.map(interfaceView)],
    hasVlan: interfaces.some(({ vlan }) => vlan !== undefined),
    hasBond: interfaces.some(({ bond }) => bond !== undefined),
    namedCards: cardsOf(interfaces).flatMap(({ name, mac }) =>
      mac === undefined ? [] : [{ name, mac }],
    ),
    dns: [...node.dns],
    searchDomains: [...node.searchDomains],
    keepResolvConf: node.dns.length > 0 && interfaces.some(({ dhcp }) => dhcp),
  };
}

function interfaceView(model: InterfaceModel): Network['interfaces'][number] {
  const { name, addresses, dhcp, gateway4, gateway6, vlan, mtu, bond, routes } = model;
  return {
    name,
    method: dhcp ? 'dhcp' : addresses.length > 0 ? 'static' : 'manual',
    addresses: [...addresses],
    gateways: [gateway4, gateway6].filter((gateway) => gateway !== undefined),
    vlan,
    mtu,
    bond: vlan === undefined && bond !== undefined ? bondView(bond) : undefined,
    routes: routes.map((route) => ({ ...route })),
  };
}

/** The driver takes the mode only of a bond without members, the rate of LACP only in its mode, and the rest at any time. */
function bondView({ mode, miimon, lacpRate, xmitHashPolicy, primary, members }: BondModel) {
  const attributes = {
    mode,
    miimon,
    lacp_rate: lacpRate,
    xmit_hash_policy: xmitHashPolicy,
    primary,
  };
  return {
    options: Object.entries(attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${value}`],
    ),
    members: members.map(({ name }) => name),
  };
}

/** A VLAN needs its parent up, which the cluster file need not list: it has no address. */
function bareParents(interfaces: readonly InterfaceModel[]): Network['interfaces'] {
  const parents = new Map(
    interfaces.flatMap(({ vlan, bond }) =>
      vlan === undefined ? [] : [[vlan.parent, bond] as const],
    ),
  );
  for (const { name } of interfaces) parents.delete(name);
  return [...parents]
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([name, bond]) => ({
      ...{ name, method: 'manual' as const, addresses: [], gateways: [], routes: [] },
      mtu: largestMtuOn(name, interfaces),
      bond: bond && bondView(bond),
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
