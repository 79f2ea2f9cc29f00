import type { ClusterModel, NodeModel } from './model.ts';
import type { VrrpGroupModel, VrrpInstanceModel, VrrpMemberModel } from './vrrp-model.ts';

/** All instances of all groups, in their order. */
export function instancesOf({ vrrp }: Pick<ClusterModel, 'vrrp'>): readonly VrrpInstanceModel[] {
  return vrrp.groups.flatMap(({ instances }) => instances);
}

/**
 * The VIPs, in CIDR notation.
 *
 * @param names of groups; none = of all groups
 */
export function vipCidrs(
  { vrrp }: Pick<ClusterModel, 'vrrp'>,
  names: readonly string[] = [],
): readonly string[] {
  return vrrp.groups
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .flatMap(({ instances }) => instances.flatMap(({ addresses }) => addresses));
}

/** @throws RangeError for a node of another cluster */
export function memberOf(
  { members }: VrrpGroupModel,
  { hostname }: Pick<NodeModel, 'hostname'>,
): VrrpMemberModel {
  const member = members.find((it) => it.hostname === hostname);
  if (member === undefined) throw new RangeError(`${hostname} is not a node of this cluster`);
  return member;
}

/** The first would be master of the group if all were well. */
export function byRank({ members }: VrrpGroupModel): readonly VrrpMemberModel[] {
  return [...members].sort((a, b) => b.priority - a.priority);
}

export function nodesByRank(
  group: VrrpGroupModel,
  { nodes }: Pick<ClusterModel, 'nodes'>,
): readonly NodeModel[] {
  return byRank(group).flatMap(
    ({ hostname }) => nodes.find((node) => node.hostname === hostname) ?? [],
  );
}

/** The interface by whose addresses the nodes know each other: that of the first group. */
export function mainInterface({ vrrp }: Pick<ClusterModel, 'vrrp'>, node: NodeModel): string {
  return memberOf(vrrp.groups[0], node).interface;
}
