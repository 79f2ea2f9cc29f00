import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { byRank } from '../../cluster/node-addresses.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import { VipisoError } from '../../core/errors.ts';
import type { FaultAction, NodeRef } from '../scenarios/model.ts';

/** Which node has which part in a scenario. */
export interface NodeRoles {
  readonly parts: ReadonlyMap<NodeRef, NodeModel>;
  /** Who answered at the VIPs of each group as the scenario began. */
  readonly holders: ReadonlyMap<VrrpGroupModel, NodeModel>;
}

/**
 * The parts go by the first group.
 *
 * @param holder the node that answers at its VIPs as the scenario begins
 */
export function rolesFor(
  cluster: ClusterModel,
  holder: NodeModel,
  holders: NodeRoles['holders'] = new Map([[cluster.vrrp.groups[0], holder]]),
): NodeRoles {
  const [standby, third] = byRank(cluster).filter((node) => node.hostname !== holder.hostname);
  const parts = new Map<NodeRef, NodeModel>([
    ['holder', holder],
    ...(standby === undefined ? [] : [['standby', standby] as const]),
    ...(third === undefined ? [] : [['third', third] as const]),
  ]);
  return { parts, holders };
}

/** @throws VipisoError usage: the cluster has too few nodes */
export function nodeForRole(roles: NodeRoles, part: NodeRef): NodeModel {
  const node = roles.parts.get(part);
  if (node === undefined) throw new VipisoError('usage', `the cluster has no node to be ${part}`);
  return node;
}

type Assigned<Action> = Action extends { readonly node: NodeRef }
  ? Omit<Action, 'node'> & { readonly node: NodeModel }
  : Action;

/** An action with the node that it is done to. */
export type AssignedAction = Assigned<FaultAction>;

/** @throws VipisoError usage: the cluster has no such node */
export function assign(action: FaultAction, roles: NodeRoles): AssignedAction {
  return 'node' in action ? { ...action, node: nodeForRole(roles, action.node) } : action;
}
