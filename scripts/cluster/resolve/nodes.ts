import type { InterfaceModel, NodeModel } from '../model.ts';
import type { ClusterFile } from '../schema.ts';
import { DEFAULT_INTERFACE, resolveInterfaces } from './interfaces.ts';
import { listOf } from './lists.ts';
import { resolveRoles } from './roles.ts';
import { allStartAsBackup, topPriority } from './rank.ts';

export function resolveNodes(file: ClusterFile): readonly NodeModel[] {
  const roles = resolveRoles(file.nodes, {
    allBackup: allStartAsBackup(file.vrrp),
    top: topPriority(file.vrrp, file.nodes),
  });
  const network = file.network ?? {};
  return file.nodes.map((node, index) => {
    const interfaces = resolveInterfaces(node, network);
    return {
      hostname: node.hostname,
      role: roles[index]?.role ?? 'BACKUP',
      priority: roles[index]?.priority ?? 1,
      interfaces,
      vrrpInterface:
        interfaceCalled(interfaces, file.vrrp.interface) ?? interfaces[0]?.name ?? DEFAULT_INTERFACE,
      managementInterface: interfaceCalled(interfaces, file.management?.interface),
      dns: listOf(node.dns ?? network.dns),
      searchDomains: listOf(node.search ?? network.search),
    };
  });
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
