import type { NodeModel, VrrpGroupModel } from '../../cluster/model.ts';
import { instancesOf } from '../../cluster/vrrp-groups.ts';
import type { Finding } from '../../core/finding.ts';
import type { Host } from '../../host/host.ts';
import { STEADY_MS } from './act.ts';
import type { Performance } from './act.ts';
import { byRank, nodeOfPort } from './cast.ts';
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
  const [first] = byRank(cluster);
  const { preempt } = cluster.vrrp.groups[0];
  const preempts = preempt.mode === 'preempt';
  const names = serverNames(cluster, booted, 'all');
  const delay = preempt.mode === 'preempt' ? preempt.delay * 1000 : 0;
  const isWell = (): boolean => {
    const holder = observer.holder(cluster, STEADY_MS);
    if (holder === undefined || (preempts && holder.hostname !== first?.hostname)) return false;
    const answering = observer.serversIn(SHARE_REQUESTS, 0);
    return names.every((name) => answering.has(name));
  };
  const settled = await observer.until(isWell, SETTLE_MS + delay);
  const since = host.now();
  await observer.lookOn(WATCH_MS + handOverMs(cluster));
  const holder = observer.holder(cluster, STEADY_MS);
  return [
    ...(settled ? [] : await deadDaemonsOf(performance)),
    ...(settled ? [] : whyUnwell(performance, preempts ? first : undefined)),
    ...strangers(performance, holder, since),
  ];
}

async function deadDaemonsOf({ booted }: Performance): Promise<readonly Finding[]> {
  return (await Promise.all([...booted.machines.values()].map(deadDaemons))).flat();
}

function whyUnwell(
  { cluster, observer, booted }: Performance,
  first: NodeModel | undefined,
): readonly Finding[] {
  const holder = observer.holder(cluster, STEADY_MS);
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
  if (holder === undefined)
    return [
      ...servers,
      { code: 'vip-unanswered', text: 'clients get no steady answers by way of one node' },
    ];
  const wrong = first !== undefined && holder.hostname !== first.hostname;
  return wrong
    ? [
        ...servers,
        {
          code: 'wrong-master',
          text: `${holder.hostname} holds the VIP; ${first.hostname} has the higher priority`,
        },
      ]
    : servers;
}

/** Who speaks as VRRP master beside the holder, under whatever virtual_router_id. */
function strangers(
  { cluster, observer }: Performance,
  holder: NodeModel | undefined,
  since: number,
): readonly Finding[] {
  const known = instancesOf(cluster).map(({ virtualRouterId }) => virtualRouterId);
  const texts = observer.sightings.flatMap(({ at, port, note }) => {
    if (at < since || note.kind !== 'vrrp' || note.priority === 0) return [];
    const node = nodeOfPort(port);
    const { virtualRouterId } = note;
    if (!known.includes(virtualRouterId))
      return [
        `${node} speaks as master of virtual_router_id ${virtualRouterId}, which the cluster file does not have`,
      ];
    return holder !== undefined && node !== holder.hostname
      ? [`${node} speaks as master beside ${holder.hostname}`]
      : [];
  });
  return [...new Set(texts)].map((text): Finding => ({ code: 'two-masters', text }));
}

export function describePreempt({ preempt }: VrrpGroupModel): string {
  if (preempt.mode === 'nopreempt') return 'nopreempt';
  return preempt.delay > 0 ? `preempt after ${preempt.delay} s` : 'preempt';
}
