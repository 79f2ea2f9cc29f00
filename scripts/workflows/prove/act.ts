import type { Act, Deed, ServerRef } from '../../boot/faults/model.ts';
import { outagesOf } from '../../boot/outages.ts';
import { expectationsOf } from '../../cluster/expectations.ts';
import type { NodeModel } from '../../cluster/model.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { Host } from '../../host/host.ts';
import type { FaultReport, TimelineEvent } from '../../release/proof/document.ts';
import { actor } from './cast.ts';
import type { Cast } from './cast.ts';
import { finalHolder, limitsFor, ofGroup, sightingsOf } from './groups.ts';
import { judgeAct } from './judge.ts';
import type { Observer } from './observer.ts';
import { perform, serverNames } from './perform.ts';
import type { Stage } from './perform.ts';
import { reportOf } from './report.ts';
import type { GroupLoss } from './report.ts';
import { fatesOf, judgeStreams, openStreams, serversTouched } from './streams.ts';
import type { StreamFate } from './streams.ts';

/** What the charts show of the time before. */
const LEAD_IN_MS = 1000;
/** Requests that hang are failures only after their own time; nothing is judged before. */
const LEAST_WATCH_MS = 2000;
const SETTLE_MS = 60_000;
/** What lasts for so long is a state of affairs. */
export const STEADY_MS = 1000;
/** Among so many requests every API server of a balanced service comes by, also one whose share still grows. */
const SHARE_REQUESTS = 150;

export interface Performance extends Stage {
  readonly observer: Observer;
  readonly accelerator: 'kvm' | 'tcg';
  /** Nodes that are switched off, by host name; kept true by `runAct`. */
  readonly off: Set<string>;
}

/** Performs one act, waits until what it has to come to is there, and judges what was seen. */
export async function runAct(
  host: Host,
  performance: Performance,
  act: Act,
  cast: Cast,
): Promise<FaultReport> {
  const { cluster, observer } = performance;
  const streams = await openStreams(performance.booted, cluster);
  await observer.lookOn(LEAD_IN_MS);
  const from = host.now() - LEAD_IN_MS;
  const befores = holdersOf(performance, cast);
  const notes: TimelineEvent[] = [];
  const note = (text: string): void => {
    notes.push({ at: host.now() - from, kind: 'step', text });
  };
  const troubles = await doDeeds(host, performance, act, cast, note);
  const done = host.now();
  const expected = { cluster, act, cast, off: performance.off };
  const outcomes = cluster.vrrp.groups.map((group): GroupOutcome => {
    const before = befores.get(group);
    return { group, before, after: finalHolder(group, before, expected) };
  });
  await observer.lookOn(Math.max(LEAST_WATCH_MS, (act.watchSeconds ?? 0) * 1000));
  const arrived = (): boolean => hasArrived(performance, act, outcomes, done);
  const settled = await observer.until(arrived, SETTLE_MS + patienceMs(performance));
  await observer.lookOn(LEAD_IN_MS);
  const until = host.now();
  const fates = await fatesOf(performance.booted.lan, streams);
  notes.push(...streamNotes(fates, from));

  const sightings = observer.sightings.filter(({ at }) => at >= from);
  const losses = outcomes.map((outcome) => lossOf(outcome, performance, act, { from, until }));
  const findings = [
    ...troubles,
    ...(settled ? [] : [whyUnsettled(performance, act, outcomes, done)]),
    ...outcomes.flatMap(({ group, before, after }, index) =>
      judgeAct({
        ...(losses[index] ?? NO_LOSS),
        ...{ act, cluster, group, before, after, done },
        sightings: sightingsOf(group, cluster, sightings),
      }),
    ),
    ...judgeStreams(act, fates, serversTouched(act, cluster, performance.booted), until),
  ];
  const { seats } = observer;
  return reportOf({ act, cluster, from, until, seats, sightings, notes, findings, losses });
}

/** A group, who held its VIPs, and who is to hold them. */
interface GroupOutcome {
  readonly group: VrrpGroupModel;
  readonly before: NodeModel | undefined;
  readonly after: NodeModel | undefined;
}

const NO_LOSS = { lostSeconds: 0, allowedSeconds: undefined, marginSeconds: 0 } as const;

function lossOf(
  { group, before, after }: GroupOutcome,
  { observer, cluster, accelerator }: Performance,
  act: Act,
  { from, until }: { readonly from: number; readonly until: number },
): GroupLoss {
  const moves = before?.hostname !== after?.hostname;
  return {
    group: group.name,
    lostSeconds: lossBetween(observer, group, from, until),
    ...limitsFor(group, moves, { act, cluster }, accelerator),
  };
}

/** Where all API servers are out, nobody answers, and the node that did still holds the VIPs. */
export function holdersOf(
  { cluster, observer }: Performance,
  cast?: Cast,
): ReadonlyMap<VrrpGroupModel, NodeModel> {
  return new Map(
    cluster.vrrp.groups.flatMap((group) => {
      const holder = observer.holder(cluster, group, STEADY_MS) ?? cast?.holders.get(group);
      return holder === undefined ? [] : [[group, holder] as const];
    }),
  );
}

function streamNotes(fates: readonly StreamFate[], from: number): readonly TimelineEvent[] {
  return fates.flatMap(({ name, record: { server, ended } }) =>
    ended === undefined || server === ''
      ? []
      : [
          {
            at: Math.max(0, ended.at - from),
            kind: 'stream' as const,
            text: `${name} to ${server} ended: ${ended.how}`,
          },
        ],
  );
}

async function doDeeds(
  host: Host,
  performance: Performance,
  act: Act,
  cast: Cast,
  note: (text: string) => void,
): Promise<readonly Finding[]> {
  const boots: Promise<readonly string[]>[] = [];
  try {
    for (const deed of act.deeds) {
      note(describeDeed(deed, cast));
      keepPowerBook(performance.off, deed, cast);
      const booting = await perform(host, performance, deed, cast);
      if (booting === undefined) continue;
      // Two machines that boot at once are waited for together.
      booting.complaints.catch(() => undefined);
      boots.push(booting.complaints);
    }
    const complaints = (await Promise.all(boots)).flat();
    if (boots.length > 0) note('booted');
    return complaints.map((text) => ({ code: 'boot-incomplete', text }));
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code === 'interrupted' || host.signal.aborted)
      throw error;
    return [
      {
        code: boots.length > 0 ? 'boot-failed' : 'not-performed',
        text: [error.message, ...error.details].join('\n'),
      },
    ];
  }
}

/** After these a machine is off. */
const SWITCHES_OFF: ReadonlySet<Deed['do']> = new Set([
  'cut-power',
  'shut-down',
  'press-power-button',
]);

/** The node that something is done to; none for what is done to others. */
function nameOf(deed: Deed, cast: Cast): string {
  return 'node' in deed ? actor(cast, deed.node).hostname : '';
}

function keepPowerBook(off: Set<string>, deed: Deed, cast: Cast): void {
  if (SWITCHES_OFF.has(deed.do)) off.add(nameOf(deed, cast));
  if (deed.do === 'power-on') off.delete(nameOf(deed, cast));
}

function describeDeed(deed: Deed, cast: Cast): string {
  const name = nameOf(deed, cast);
  switch (deed.do) {
    case 'cut-power':
      return `power of ${name} cut`;
    case 'power-on':
      return `${name} switched on`;
    case 'press-power-button':
      return `power button of ${name} pressed`;
    case 'shut-down':
      return `${name} told to power off`;
    case 'run':
      return `${name}: ${deed.command}`;
    case 'cable':
      return `cable of ${name}: out ${linkText(deed.fromMachine)}, in ${linkText(deed.toMachine)}`;
    case 'carrier':
      return `${deed.up ? 'cable put back into' : 'cable pulled out of'} ${deed.cards === 'all' ? 'every network card' : 'the first member of the bond'} of ${name}`;
    case 'api-servers':
      return `${serversText(deed.servers)}: ${typeof deed.mode === 'string' ? deed.mode : JSON.stringify(deed.mode)}`;
    case 'wait':
      return `${deed.seconds} s pass`;
  }
}

function serversText(servers: ServerRef): string {
  if (servers === 'all') return 'all API servers';
  return typeof servers === 'number' ? `API servers 1 to ${servers}` : `API server ${servers.nth}`;
}

function linkText(condition: Extract<Deed, { do: 'cable' }>['toMachine']): string {
  return condition === undefined ? 'good' : Object.values(condition).join(' ');
}

function hasArrived(
  { observer, cluster, booted }: Performance,
  { endsWith, serversOut }: Act,
  outcomes: readonly GroupOutcome[],
  done: number,
): boolean {
  if (endsWith === 'nobody') return observer.isSilent(STEADY_MS);
  const steady = outcomes.every(({ group, after }) =>
    after === undefined
      ? observer.holder(cluster, group, STEADY_MS) !== undefined
      : observer.isSteady(after, group, STEADY_MS),
  );
  if (!steady || serversOut === undefined) return steady;
  const names = serverNames(cluster, booted, 'all');
  const out = serverNames(cluster, booted, serversOut);
  const answering = observer.serversIn(SHARE_REQUESTS, done);
  return names.every((name) => answering.has(name) !== out.includes(name));
}

function whyUnsettled(
  { observer, cluster }: Performance,
  act: Act,
  outcomes: readonly GroupOutcome[],
  done: number,
): Finding {
  if (act.endsWith === 'nobody')
    return { code: 'not-performed', text: 'clients still get answers' };
  for (const { group, before, after } of outcomes) {
    const holder = observer.holder(cluster, group, STEADY_MS);
    const who = holder === undefined ? 'nobody answers' : `${holder.hostname} answers`;
    const place = `at the VIP${ofGroup(group, cluster)}`;
    if (after !== undefined && holder?.hostname !== after.hostname) {
      const text = `${who} ${place}; ${after.hostname} was to`;
      if (act.endsWith === 'standby' || act.endsWith === 'third')
        return { code: 'not-taken-over', text };
      if (act.endsWith === 'holder' && after.hostname !== before?.hostname)
        return { code: 'not-taken-over', text };
      return { code: holder === undefined ? 'vip-unanswered' : 'not-taken-back', text };
    }
    if (holder === undefined) return { code: 'vip-unanswered', text: `${who} steadily ${place}` };
  }
  const answering = [...observer.serversIn(SHARE_REQUESTS, done)].sort().join(', ');
  const code = (act.serversOut ?? 0) !== 0 ? 'backend-trusted' : 'backend-unreached';
  return { code, text: `the answers come from ${answering === '' ? 'nowhere' : answering}` };
}

function lossBetween(
  observer: Observer,
  { name }: VrrpGroupModel,
  from: number,
  until: number,
): number {
  const losses = observer.seats
    .filter(({ fast, group }) => fast && group === name)
    .map(({ outcomes }) => {
      const outages = outagesOf(outcomes.filter(({ at }) => at >= from && at < until));
      return outages.reduce((sum, outage) => sum + (outage.until ?? until) - outage.from, 0);
    });
  return Math.max(0, ...losses) / 1000;
}

/** What the cluster's own timers may take, beyond what any pair is given. */
function patienceMs({ cluster }: Performance): number {
  const { groups, backends } = expectationsOf(cluster);
  const deaths = groups.map(({ failover }) => failover.haproxyDeath);
  const delays = cluster.vrrp.groups.map(({ preempt }) =>
    preempt.mode === 'preempt' ? preempt.delay : 0,
  );
  const servers = backends[0];
  const seconds =
    Math.max(...deaths) +
    Math.max(...delays) +
    Math.max(servers?.death ?? 0, servers?.recovery ?? 0);
  return seconds * 1000;
}
