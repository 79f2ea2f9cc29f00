import type { InterfaceModel, NodeModel } from '../model.ts';
import type { ClusterFile } from '../schema.ts';
import { DEFAULT_INTERFACE, resolveInterfaces } from './interfaces.ts';
import { listOf } from './lists.ts';

/** A node without its part in VRRP. */
export type NodeNetwork = Omit<NodeModel, 'role'>;

export function resolveNodes(file: ClusterFile): readonly NodeNetwork[] {
  const network = file.network ?? {};
  return file.nodes.map((node) => {
    const interfaces = resolveInterfaces(node, network);
    return {
      hostname: node.hostname,
      interfaces,
      managementInterface: interfaceCalled(interfaces, file.management?.interface),
      dns: listOf(node.dns ?? network.dns),
      searchDomains: listOf(node.search ?? network.search),
    };
  });
}

/** The named interface, by its own name or that of its VLAN; else the first. */
export function vrrpInterface({ interfaces }: NodeNetwork, wanted: string | undefined): string {
  return interfaceCalled(interfaces, wanted) ?? interfaces[0]?.name ?? DEFAULT_INTERFACE;
}

/** The named interface, by its own name or that of its VLAN; a name that the node lacks stays as it is. */
function interfaceCalled(
  interfaces: readonly InterfaceModel[],
  wanted: string | undefined,
): string | undefined {
  if (wanted === undefined) return undefined;
  const match =
    interfaces.find(({ name }) => name === wanted) ??
    interfaces.find(({ vlan }) => vlan?.parent === wanted);
  return match?.name ?? wanted;
}
