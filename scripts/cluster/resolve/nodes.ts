import { parseAddress } from '../address.ts';
import type { InterfaceModel, NodeModel } from '../model.ts';
import type { ClusterFile } from '../schema.ts';
import type { InterfaceFile, NetworkFile, NodeFile } from '../schema/node.ts';
import { listOf } from './lists.ts';

const DEFAULT_INTERFACE = 'eth0';

/** A node without its part in VRRP. */
export type NodeNetwork = Omit<NodeModel, 'role'>;

export function resolveNodes(file: ClusterFile): readonly NodeNetwork[] {
  const network = file.network ?? {};
  return file.nodes.map((node) => ({
    hostname: node.hostname,
    interfaces: resolveInterfaces(node, network),
    dns: listOf(node.dns ?? network.dns),
    searchDomains: listOf(node.search ?? network.search),
  }));
}

/** The node's own addressing is its first interface; without any, the first of `interfaces` takes that place. */
function resolveInterfaces(node: NodeFile, network: NetworkFile): readonly InterfaceModel[] {
  const further = node.interfaces ?? [];
  const all = hasOwnInterface(node)
    ? [{ ...node, name: node.interface ?? network.interface ?? DEFAULT_INTERFACE }, ...further]
    : further;
  return all.map((entry, index) => resolveInterface(entry, index === 0 ? network : {}));
}

/** Whether the node's own keys describe its first interface. */
export function hasOwnInterface({ address, dhcp, interfaces = [] }: NodeFile): boolean {
  return address !== undefined || dhcp !== undefined || interfaces.length === 0;
}

type Addressing = Pick<InterfaceFile, 'name' | 'address' | 'dhcp' | 'gateway' | 'mtu' | 'vlan'>;

function resolveInterface(file: Addressing, network: NetworkFile): InterfaceModel {
  const addresses = listOf(file.address);
  const vlan = file.vlan ?? network.vlan;
  const gateways = listOf(file.gateway ?? network.gateway);
  return {
    name: vlan === undefined ? file.name : `${file.name}.${vlan}`,
    vlan: vlan === undefined ? undefined : { id: vlan, parent: file.name },
    mtu: file.mtu ?? network.mtu,
    addresses,
    dhcp: file.dhcp ?? (addresses.length === 0 && (network.dhcp ?? false)),
    gateway4: gateways.find((gateway) => parseAddress(gateway)?.family === 4),
    gateway6: gateways.find((gateway) => parseAddress(gateway)?.family === 6),
  };
}

/** The named interface, by its own name or that of its VLAN; else the first. */
export function vrrpInterface({ interfaces }: NodeNetwork, wanted: string | undefined): string {
  const first = interfaces[0]?.name ?? DEFAULT_INTERFACE;
  if (wanted === undefined) return first;
  const match =
    interfaces.find(({ name }) => name === wanted) ??
    interfaces.find(({ vlan }) => vlan?.parent === wanted);
  return match?.name ?? wanted;
}
