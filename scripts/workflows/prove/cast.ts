import type { NodeRef } from '../../boot/faults/model.ts';
import { hostOf } from '../../cluster/address.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import { nodesByRank, vipCidrs } from '../../cluster/vrrp-groups.ts';
import { VipisoError } from '../../core/errors.ts';

/** Which node has which part in a scenario. */
export interface Cast {
  readonly parts: ReadonlyMap<NodeRef, NodeModel>;
  /** Who answered at the VIPs of each group as the scenario began. */
  readonly holders: ReadonlyMap<VrrpGroupModel, NodeModel>;
}

/**
 * The parts go by the first group.
 *
 * @param holder the node that answers at its VIPs as the scenario begins
 */
export function castFor(
  cluster: ClusterModel,
  holder: NodeModel,
  holders: Cast['holders'] = new Map([[cluster.vrrp.groups[0], holder]]),
): Cast {
  const [standby, third] = byRank(cluster).filter((node) => node.hostname !== holder.hostname);
  const parts = new Map<NodeRef, NodeModel>([
    ['holder', holder],
    ...(standby === undefined ? [] : [['standby', standby] as const]),
    ...(third === undefined ? [] : [['third', third] as const]),
  ]);
  return { parts, holders };
}

export function actor(cast: Cast, part: NodeRef): NodeModel {
  const node = cast.parts.get(part);
  if (node === undefined) throw new VipisoError('usage', `the cluster has no node to be ${part}`);
  return node;
}

/** The first would be master of the first group if all were well. */
function byRank(cluster: ClusterModel): readonly NodeModel[] {
  return nodesByRank(cluster.vrrp.groups[0], cluster);
}

/** Addresses from which a node reaches the API servers, without prefixes. */
export function hostAddresses(node: NodeModel): readonly string[] {
  return node.interfaces.flatMap(({ addresses }) => addresses).map(hostOf);
}

/** The VIPs of one group, or of all, without prefixes. */
export function vipsOf(cluster: ClusterModel, group?: VrrpGroupModel): readonly string[] {
  return vipCidrs(cluster, group === undefined ? [] : [group.name]).map(hostOf);
}

/** The node that a port of the switch belongs to: `lb-1/eth0`. */
export function nodeOfPort(port: string): string {
  return port.slice(0, port.lastIndexOf('/'));
}
