import type { NodeRef } from '../../boot/faults/model.ts';
import { hostOf } from '../../cluster/address.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { nodesByRank, vipCidrs } from '../../cluster/vrrp-groups.ts';
import { VipisoError } from '../../core/errors.ts';

/** Which node plays which part in a scenario. */
export type Cast = ReadonlyMap<NodeRef, NodeModel>;

/** @param holder the node that answers at the VIP as the scenario begins */
export function castFor(cluster: ClusterModel, holder: NodeModel): Cast {
  const [standby, third] = byRank(cluster).filter((node) => node.hostname !== holder.hostname);
  return new Map<NodeRef, NodeModel>([
    ['holder', holder],
    ...(standby === undefined ? [] : [['standby', standby] as const]),
    ...(third === undefined ? [] : [['third', third] as const]),
  ]);
}

export function actor(cast: Cast, part: NodeRef): NodeModel {
  const node = cast.get(part);
  if (node === undefined) throw new VipisoError('usage', `the cluster has no node to be ${part}`);
  return node;
}

/** The first would be master if all were well. */
export function byRank(cluster: ClusterModel): readonly NodeModel[] {
  return nodesByRank(cluster.vrrp.groups[0], cluster);
}

/** Addresses from which a node reaches the API servers, without prefixes. */
export function hostAddresses(node: NodeModel): readonly string[] {
  return node.interfaces.flatMap(({ addresses }) => addresses).map(hostOf);
}

/** The VIPs, without prefixes. */
export function vipsOf(cluster: ClusterModel): readonly string[] {
  return vipCidrs(cluster).map(hostOf);
}

/** The node that a port of the switch belongs to: `lb-1/eth0`. */
export function nodeOfPort(port: string): string {
  return port.slice(0, port.lastIndexOf('/'));
}
