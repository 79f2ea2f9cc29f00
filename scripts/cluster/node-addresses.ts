import type { ClusterModel, NodeModel } from './model.ts';
import { hostOf } from './values/address.ts';
import { nodesByRank, vipCidrs } from './vrrp-groups.ts';

/** The first would be master of the first group if all were well. */
export function byRank(cluster: ClusterModel): readonly NodeModel[] {
  return nodesByRank(cluster.vrrp.groups[0], cluster);
}

/** Addresses from which a node reaches the API servers, without prefixes. */
export function hostAddresses(node: NodeModel): readonly string[] {
  return node.interfaces.flatMap(({ addresses }) => addresses).map(hostOf);
}

/**
 * The VIPs, without prefixes.
 *
 * @param names of groups; none = of all groups
 */
export function vipsOf(
  cluster: Pick<ClusterModel, 'vrrp'>,
  names?: readonly string[],
): readonly string[] {
  return vipCidrs(cluster, names).map(hostOf);
}
