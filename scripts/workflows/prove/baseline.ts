import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import { instancesOf, nodesByRank } from '../../cluster/vrrp-groups.ts';
import type { Finding } from '../../core/finding.ts';
import type { Host } from '../../host/host.ts';
import { STEADY_MS } from './act.ts';
import type { Performance } from './act.ts';
import { nodeOfPort } from './cast.ts';
import { ofGroup, sightingsOf } from './groups.ts';
import type { Observer } from './observer.ts';
import { deadDaemons } from './inside/daemons.ts';
import { handOverMs } from './judge.ts';
import { serverNames } from './perform.ts';

const SETTLE_MS = 60_000;
const WATCH_MS = 3000;
/** Among so many requests every API server of a balanced service comes by. */
const SHARE_REQUESTS = 60;

/**
 * Whether the pair is well before anything is broken: one master, the right one, answers at every entrance, from every
 * API server.
 */
export async function baselineFindings(
  host: Host,
  performance: Performance,
): Promise<readonly Finding[]> {
  const { cluster, observer, booted } = performance;
  const { groups } = cluster.vrrp;
  const names = serverNames(cluster, booted, 'all');
  const delays = groups.map(({ preempt }) => (preempt.mode === 'preempt' ? preempt.delay : 0));
  const isWell = (): boolean => {
    const held = groups.every((group) => {
      const holder = observer.holder(cluster, group, STEADY_MS);
      const first = preferredIn(group, cluster);
      return holder !== undefined && (first === undefined || holder.hostname === first.hostname);
    });
    if (!held) return false;
    const answering = observer.serversIn(SHARE_REQUESTS, 0);
    return names.every((name) => answering.has(name));
  };
  const settled = await observer.until(isWell, SETTLE_MS + Math.max(...delays) * 1000);
  const since = host.now();
  await observer.lookOn(WATCH_MS + handOverMs(cluster));
  return [
    ...(settled ? [] : await deadDaemonsOf(performance)),
    ...(settled ? [] : whyUnwell(performance)),
    ...unknownRouters(performance, since),
    ...groups.flatMap((group) => strangers(performance, group, since)),
  ];
}

/** Who is to hold a group's VIPs while all is well; undefined where that is left to chance. */
function preferredIn(group: VrrpGroupModel, cluster: ClusterModel): NodeModel | undefined {
  return group.preempt.mode === 'preempt' ? nodesByRank(group, cluster)[0] : undefined;
}

async function deadDaemonsOf({ booted }: Performance): Promise<readonly Finding[]> {
  return (await Promise.all([...booted.machines.values()].map(deadDaemons))).flat();
}

function whyUnwell({ cluster, observer, booted }: Performance): readonly Finding[] {
  const answering = observer.serversIn(SHARE_REQUESTS, 0);
  if (answering.size === 0) {
    const masters = observer.sightings.some(({ note }) => note.kind === 'vrrp');
    return masters
      ? [{ code: 'vip-unanswered', text: 'a node is VRRP master, and no client gets an answer' }]
      : [{ code: 'no-master', text: 'no node speaks as VRRP master' }];
  }
  const missing = serverNames(cluster, booted, 'all').filter((name) => !answering.has(name));
  const servers = missing.map((name): Finding => ({
    code: 'backend-unreached',
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
): readonly Finding[] {
  const holder = observer.holder(cluster, group, STEADY_MS);
  const vip = `the VIP${ofGroup(group, cluster)}`;
  if (holder === undefined) {
    const text = `clients of ${vip} get no steady answers by way of one node`;
    return [{ code: 'vip-unanswered', text }];
  }
  const first = preferredIn(group, cluster);
  if (first === undefined || holder.hostname === first.hostname) return [];
  const text = `${holder.hostname} holds ${vip}; ${first.hostname} has the higher priority`;
  return [{ code: 'wrong-master', text }];
}

function unknownRouters({ cluster, observer }: Performance, since: number): readonly Finding[] {
  const known = instancesOf(cluster).map(({ virtualRouterId }) => virtualRouterId);
  const texts = observer.sightings.flatMap(({ at, port, note }) => {
    if (at < since || note.kind !== 'vrrp' || note.priority === 0) return [];
    const { virtualRouterId: id } = note;
    return known.includes(id)
      ? []
      : [
          `${nodeOfPort(port)} speaks as master of virtual_router_id ${id}, which the cluster file does not have`,
        ];
  });
  return [...new Set(texts)].map((text): Finding => ({ code: 'two-masters', text }));
}

/** Who speaks as VRRP master of a group beside its holder. */
function strangers(
  { cluster, observer }: Performance,
  group: VrrpGroupModel,
  since: number,
): readonly Finding[] {
  const holder = observer.holder(cluster, group, STEADY_MS);
  if (holder === undefined) return [];
  const ids = group.instances.map(({ virtualRouterId }) => virtualRouterId);
  const texts = sightingsOf(group, cluster, observer.sightings).flatMap(({ at, port, note }) => {
    if (at < since || note.kind !== 'vrrp' || note.priority === 0) return [];
    const node = nodeOfPort(port);
    return ids.includes(note.virtualRouterId) && node !== holder.hostname
      ? [`${node} speaks as master${ofGroup(group, cluster)} beside ${holder.hostname}`]
      : [];
  });
  return [...new Set(texts)].map((text): Finding => ({ code: 'two-masters', text }));
}

export function describePreempt({ preempt }: VrrpGroupModel): string {
  if (preempt.mode === 'nopreempt') return 'nopreempt';
  return preempt.delay > 0 ? `preempt after ${preempt.delay} s` : 'preempt';
}
