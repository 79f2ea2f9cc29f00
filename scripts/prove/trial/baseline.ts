import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { instancesOf, nodesByRank } from '../../cluster/vrrp-groups.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import type { Host } from '../../host/host.ts';
import type { ProofFinding } from '../findings.ts';
import type { Observer } from '../measure/observer.ts';
import { nodeOfPort } from '../switch-port.ts';
import { ofGroup, sightingsOf } from './groups.ts';
import { deadDaemons } from './inside/daemons.ts';
import { handOverMs } from './judge.ts';
import { STEADY_MS } from './run-step.ts';
import type { TrialContext } from './run-step.ts';
import { serverNames } from './server-names.ts';

const SETTLE_MS = 60_000;
const WATCH_MS = 3000;
/** Among so many requests every API server of a balanced service comes by. */
const SHARE_REQUESTS = 60;

/**
 * Whether the pair is well before anything is broken: one master, the right one, answers at every frontend, from every
 * API server.
 */
export async function baselineFindings(
  host: Host,
  context: TrialContext,
): Promise<readonly ProofFinding[]> {
  const { cluster, observer, booted } = context;
  const { groups } = cluster.vrrp;
  const names = serverNames(cluster, booted, 'all');
  const delays = groups.map(({ preempt }) => (preempt.mode === 'preempt' ? preempt.delay : 0));
  const baselineHolds = (): boolean => {
    const held = groups.every((group) => {
      const holder = observer.holder(cluster, group, STEADY_MS);
      const first = preferredIn(group, cluster);
      return holder !== undefined && (first === undefined || holder.hostname === first.hostname);
    });
    if (!held) return false;
    const answering = observer.serversIn(SHARE_REQUESTS, 0);
    return names.every((name) => answering.has(name));
  };
  const settled = await observer.until(baselineHolds, SETTLE_MS + Math.max(...delays) * 1000);
  const since = host.now();
  await observer.observeFor(WATCH_MS + handOverMs(cluster));
  return [
    ...(settled ? [] : await deadDaemonsOf(context)),
    ...(settled ? [] : whyBaselineFails(context)),
    ...unknownRouters(context, since),
    ...groups.flatMap((group) => unexpectedMasters(context, group, since)),
  ];
}

/** Who is to hold a group's VIPs while all is well; undefined where that is left to chance. */
function preferredIn(group: VrrpGroupModel, cluster: ClusterModel): NodeModel | undefined {
  return group.preempt.mode === 'preempt' ? nodesByRank(group, cluster)[0] : undefined;
}

async function deadDaemonsOf({ booted }: TrialContext): Promise<readonly ProofFinding[]> {
  return (await Promise.all([...booted.machines.values()].map(deadDaemons))).flat();
}

function whyBaselineFails({ cluster, observer, booted }: TrialContext): readonly ProofFinding[] {
  const answering = observer.serversIn(SHARE_REQUESTS, 0);
  if (answering.size === 0) {
    const masters = observer.packetEvents.some(({ packet }) => packet.kind === 'vrrp');
    return masters
      ? [{ code: 'vip-unreachable', text: 'a node is VRRP master, and no client gets an answer' }]
      : [{ code: 'no-master', text: 'no node is sending VRRP advertisements (no MASTER)' }];
  }
  const missing = serverNames(cluster, booted, 'all').filter((name) => !answering.has(name));
  const servers = missing.map((name): ProofFinding => ({
    code: 'healthy-backend-out-of-rotation',
    text: `no answer came from ${name}, which serves`,
  }));
  return [
    ...servers,
    ...cluster.vrrp.groups.flatMap((group) => whyNotHeld(group, cluster, observer)),
  ];
}

function whyNotHeld(
  group: VrrpGroupModel,
  cluster: ClusterModel,
  observer: Observer,
): readonly ProofFinding[] {
  const holder = observer.holder(cluster, group, STEADY_MS);
  const vip = `the VIP${ofGroup(group, cluster)}`;
  if (holder === undefined) {
    const text = `clients of ${vip} get no steady answers via one node`;
    return [{ code: 'vip-unreachable', text }];
  }
  const first = preferredIn(group, cluster);
  if (first === undefined || holder.hostname === first.hostname) return [];
  const text = `${holder.hostname} holds ${vip}; ${first.hostname} has the higher priority`;
  return [{ code: 'wrong-master', text }];
}

function unknownRouters(
  { cluster, observer }: TrialContext,
  since: number,
): readonly ProofFinding[] {
  const known = instancesOf(cluster).map(({ virtualRouterId }) => virtualRouterId);
  const texts = observer.packetEvents.flatMap(({ at, port, packet }) => {
    if (at < since || packet.kind !== 'vrrp' || packet.priority === 0) return [];
    const { virtualRouterId: id } = packet;
    return known.includes(id)
      ? []
      : [
          `${nodeOfPort(port)} sends advertisements as MASTER of virtual_router_id ${id}, which the cluster file does not have`,
        ];
  });
  return [...new Set(texts)].map((text): ProofFinding => ({ code: 'split-brain', text }));
}

/** Who sends advertisements as MASTER of a group beside its holder. */
function unexpectedMasters(
  { cluster, observer }: TrialContext,
  group: VrrpGroupModel,
  since: number,
): readonly ProofFinding[] {
  const holder = observer.holder(cluster, group, STEADY_MS);
  if (holder === undefined) return [];
  const ids = group.instances.map(({ virtualRouterId }) => virtualRouterId);
  const texts = sightingsOf(group, cluster, observer.packetEvents).flatMap(
    ({ at, port, packet }) => {
      if (at < since || packet.kind !== 'vrrp' || packet.priority === 0) return [];
      const node = nodeOfPort(port);
      return ids.includes(packet.virtualRouterId) && node !== holder.hostname
        ? [
            `${node} sends advertisements as MASTER${ofGroup(group, cluster)} beside ${holder.hostname}`,
          ]
        : [];
    },
  );
  return [...new Set(texts)].map((text): ProofFinding => ({ code: 'split-brain', text }));
}

export function describePreempt({ preempt }: VrrpGroupModel): string {
  if (preempt.mode === 'nopreempt') return 'nopreempt';
  return preempt.delay > 0 ? `preempt after ${preempt.delay} s` : 'preempt';
}
