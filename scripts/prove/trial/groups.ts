import type { PacketEvent } from '../../boot/lan/protocol.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { memberOf, nodesByRank } from '../../cluster/vrrp-groups.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import { lossLimits } from '../scenarios/limits.ts';
import type { LossLimits } from '../scenarios/limits.ts';
import type { FaultStep } from '../scenarios/model.ts';
import { nodeOfPort } from '../switch-port.ts';
import { nodeForRole } from './node-roles.ts';
import type { NodeRoles } from './node-roles.ts';

/** What is known of the moment before a step's end. */
export interface Expected {
  readonly cluster: ClusterModel;
  readonly faultStep: FaultStep;
  readonly roles: NodeRoles;
  /** Host names of nodes that are switched off. */
  readonly off: ReadonlySet<string>;
}

/**
 * Who has to answer at a group's VIPs in the end; undefined: anyone, or nobody. The step's words are about the first group:
 * another one moves away from a node that is taken out, back to its owner when that returns, and stays otherwise.
 */
export function finalHolder(
  group: VrrpGroupModel,
  before: NodeModel | undefined,
  expected: Expected,
): NodeModel | undefined {
  const { faultStep, roles, cluster, off } = expected;
  const { endsWith } = faultStep;
  if (endsWith === 'nobody' || endsWith === 'anyone') return undefined;
  const running = nodesByRank(group, cluster).filter(({ hostname }) => !off.has(hostname));
  const preferred = (): NodeModel | undefined => {
    const stays = group.preempt.mode === 'nopreempt' && before !== undefined;
    return stays ? before : running[0];
  };
  if (endsWith === 'preferred') return preferred();
  const target = nodeForRole(roles, endsWith);
  if (group === cluster.vrrp.groups[0]) return target;
  if (faultStep.actions.some((action) => action.do === 'power-on')) return preferred();
  const out = takenOut(faultStep, roles);
  const isHit = before !== undefined && out.includes(before.hostname);
  if (!isHit || before.hostname === target.hostname) return before;
  return running.find(({ hostname }) => !out.includes(hostname));
}

/** Nodes that an action keeps from answering, by host name. */
function takenOut({ actions }: FaultStep, roles: NodeRoles): readonly string[] {
  return actions.flatMap((action) => {
    switch (action.do) {
      case 'cut-power':
      case 'shut-down':
      case 'press-power-button':
      case 'run':
        return [nodeForRole(roles, action.node).hostname];
      case 'cable': {
        const isCut = [action.fromMachine, action.toMachine].some((end) => end?.state === 'cut');
        return isCut ? [nodeForRole(roles, action.node).hostname] : [];
      }
      case 'carrier':
        return !action.up && action.cards === 'all'
          ? [nodeForRole(roles, action.node).hostname]
          : [];
      case 'power-on':
      case 'pause':
      case 'resume':
      case 'api-servers':
      case 'name-server':
      case 'wait':
        return [];
    }
  });
}

/** What the clients of a group may lose: where it does not move, the step's rule for moving is not its. */
export function limitsFor(
  group: VrrpGroupModel,
  moves: boolean,
  { faultStep, cluster }: Pick<Expected, 'faultStep' | 'cluster'>,
  accelerator: 'kvm' | 'tcg',
): LossLimits {
  return lossLimits(ruleFor(group, moves, faultStep, cluster), cluster, group, accelerator);
}

const OF_MOVES: readonly FaultStep['loss'][] = [
  'advert-timeout',
  'health-check-failure',
  'health-check-timeout',
  'graceful-release',
];

function ruleFor(
  group: VrrpGroupModel,
  moves: boolean,
  { loss, actions }: FaultStep,
  cluster: ClusterModel,
): FaultStep['loss'] {
  if (group === cluster.vrrp.groups[0] || loss === undefined) return loss;
  if (!moves) return OF_MOVES.includes(loss) ? 'nothing' : loss;
  if (loss !== 'nothing') return loss;
  if (actions.some((action) => action.do === 'power-on')) return 'hand-over';
  return actions.some((action) => action.do === 'shut-down')
    ? 'graceful-release'
    : 'advert-timeout';
}

/** Without the adverts of other groups: a virtual_router_id may come again on another interface. */
export function sightingsOf(
  group: VrrpGroupModel,
  cluster: ClusterModel,
  packetEvents: readonly PacketEvent[],
): readonly PacketEvent[] {
  const { groups } = cluster.vrrp;
  if (groups.length === 1) return packetEvents;
  return packetEvents.filter(({ port, packet }) => {
    if (packet.kind !== 'vrrp') return true;
    const owners = groups.filter((it) => speaksAs(it, cluster, port, packet.virtualRouterId));
    return owners.length === 0 || owners.includes(group);
  });
}

function speaksAs(
  group: VrrpGroupModel,
  { nodes }: ClusterModel,
  port: string,
  virtualRouterId: number,
): boolean {
  if (!group.instances.some((it) => it.virtualRouterId === virtualRouterId)) return false;
  const node = nodes.find(({ hostname }) => hostname === nodeOfPort(port));
  if (node === undefined) return false;
  const carrier = memberOf(group, node).interface;
  const { vlan } = node.interfaces.find(({ name }) => name === carrier) ?? {};
  return port.slice(port.lastIndexOf('/') + 1) === (vlan?.parent ?? carrier);
}

/** ` of ingress` where there are several groups. */
export function ofGroup({ name }: VrrpGroupModel, { vrrp }: ClusterModel): string {
  return vrrp.groups.length > 1 ? ` of ${name}` : '';
}
