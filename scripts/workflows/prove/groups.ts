import type { Act } from '../../boot/faults/model.ts';
import type { Sighting } from '../../boot/lan/protocol.ts';
import { lossLimits } from '../../boot/faults/limits.ts';
import type { LossLimits } from '../../boot/faults/limits.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import { memberOf, nodesByRank } from '../../cluster/vrrp-groups.ts';
import { actor, nodeOfPort } from './cast.ts';
import type { Cast } from './cast.ts';

/** What is known of the moment before an act's end. */
export interface Expected {
  readonly cluster: ClusterModel;
  readonly act: Act;
  readonly cast: Cast;
  /** Host names of nodes that are switched off. */
  readonly off: ReadonlySet<string>;
}

/**
 * Who has to answer at a group's VIPs in the end; undefined: anyone, or nobody. The act's words are about the first group:
 * another one moves away from a node that is taken out, back to its owner when that returns, and stays otherwise.
 */
export function finalHolder(
  group: VrrpGroupModel,
  before: NodeModel | undefined,
  expected: Expected,
): NodeModel | undefined {
  const { act, cast, cluster, off } = expected;
  const { endsWith } = act;
  if (endsWith === 'nobody' || endsWith === 'anyone') return undefined;
  const running = nodesByRank(group, cluster).filter(({ hostname }) => !off.has(hostname));
  const preferred = (): NodeModel | undefined => {
    const stays = group.preempt.mode === 'nopreempt' && before !== undefined;
    return stays ? before : running[0];
  };
  if (endsWith === 'preferred') return preferred();
  const target = actor(cast, endsWith);
  if (group === cluster.vrrp.groups[0]) return target;
  if (act.deeds.some((deed) => deed.do === 'power-on')) return preferred();
  const out = takenOut(act, cast);
  const isHit = before !== undefined && out.includes(before.hostname);
  if (!isHit || before.hostname === target.hostname) return before;
  return running.find(({ hostname }) => !out.includes(hostname));
}

/** Nodes that a deed keeps from answering, by host name. */
function takenOut({ deeds }: Act, cast: Cast): readonly string[] {
  return deeds.flatMap((deed) => {
    switch (deed.do) {
      case 'cut-power':
      case 'shut-down':
      case 'press-power-button':
      case 'run':
        return [actor(cast, deed.node).hostname];
      case 'cable': {
        const isCut = [deed.fromMachine, deed.toMachine].some((end) => end?.state === 'cut');
        return isCut ? [actor(cast, deed.node).hostname] : [];
      }
      case 'carrier':
        return !deed.up && deed.cards === 'all' ? [actor(cast, deed.node).hostname] : [];
      case 'power-on':
      case 'api-servers':
      case 'wait':
        return [];
    }
  });
}

/** What the clients of a group may lose: where it does not move, the act's rule for moving is not its. */
export function limitsFor(
  group: VrrpGroupModel,
  moves: boolean,
  { act, cluster }: Pick<Expected, 'act' | 'cluster'>,
  accelerator: 'kvm' | 'tcg',
): LossLimits {
  return lossLimits(ruleFor(group, moves, act, cluster), cluster, group, accelerator);
}

const OF_MOVES: readonly Act['loss'][] = ['silence', 'check', 'hang', 'goodbye'];

function ruleFor(
  group: VrrpGroupModel,
  moves: boolean,
  { loss, deeds }: Act,
  cluster: ClusterModel,
): Act['loss'] {
  if (group === cluster.vrrp.groups[0] || loss === undefined) return loss;
  if (!moves) return OF_MOVES.includes(loss) ? 'nothing' : loss;
  if (loss !== 'nothing') return loss;
  if (deeds.some((deed) => deed.do === 'power-on')) return 'hand-over';
  return deeds.some((deed) => deed.do === 'shut-down') ? 'goodbye' : 'silence';
}

/** Without the adverts of other groups: a virtual_router_id may come again on another interface. */
export function sightingsOf(
  group: VrrpGroupModel,
  cluster: ClusterModel,
  sightings: readonly Sighting[],
): readonly Sighting[] {
  const { groups } = cluster.vrrp;
  if (groups.length === 1) return sightings;
  return sightings.filter(({ port, note }) => {
    if (note.kind !== 'vrrp') return true;
    const owners = groups.filter((it) => speaksAs(it, cluster, port, note.virtualRouterId));
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
