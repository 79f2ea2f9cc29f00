import type { Act, Deed, ServerRef } from '../../boot/faults/model.ts';
import { lossLimits } from '../../boot/faults/limits.ts';
import { outagesOf } from '../../boot/outages.ts';
import { expectationsOf } from '../../cluster/expectations.ts';
import type { NodeModel } from '../../cluster/model.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { Host } from '../../host/host.ts';
import type { FaultReport, TimelineEvent } from '../../release/proof/document.ts';
import { actor, byRank } from './cast.ts';
import type { Cast } from './cast.ts';
import { judgeAct } from './judge.ts';
import type { Observer } from './observer.ts';
import { perform, serverNames } from './perform.ts';
import type { Stage } from './perform.ts';
import { reportOf } from './report.ts';
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
  // Where all API servers are out, nobody answers, and the node that did still holds the VIP.
  const before = observer.holder(cluster, STEADY_MS) ?? cast.get('holder');
  const notes: TimelineEvent[] = [];
  const note = (text: string): void => {
    notes.push({ at: host.now() - from, kind: 'step', text });
  };
  const troubles = await doDeeds(host, performance, act, cast, note);
  const done = host.now();
  const after = finalHolder(performance, act, cast, before);
  await observer.lookOn(Math.max(LEAST_WATCH_MS, (act.watchSeconds ?? 0) * 1000));
  const arrived = (): boolean => hasArrived(performance, act, after, done);
  const settled = await observer.until(arrived, SETTLE_MS + patienceMs(performance));
  await observer.lookOn(LEAD_IN_MS);
  const until = host.now();
  const fates = await fatesOf(performance.booted.lan, streams);
  notes.push(...streamNotes(fates, from));

  const lostSeconds = lossBetween(observer, from, until);
  const limits = lossLimits(act.loss, cluster, cluster.vrrp.groups[0], performance.accelerator);
  const sightings = observer.sightings.filter(({ at }) => at >= from);
  const seen = { act, cluster, before, after, done, sightings, lostSeconds, ...limits };
  const findings = [
    ...troubles,
    ...(settled ? [] : [whyUnsettled(performance, act, after, done)]),
    ...judgeAct(seen),
    ...judgeStreams(act, fates, serversTouched(act, cluster, performance.booted), until),
  ];
  const { seats } = observer;
  const about = { act, cluster, from, until, seats, sightings, notes, findings, lostSeconds };
  return reportOf({ ...about, ...limits });
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

function keepPowerBook(off: Set<string>, deed: Deed, cast: Cast): void {
  if (deed.do === 'cut-power' || deed.do === 'shut-down') off.add(actor(cast, deed.node).hostname);
  if (deed.do === 'power-on') off.delete(actor(cast, deed.node).hostname);
}

function describeDeed(deed: Deed, cast: Cast): string {
  const name = 'node' in deed ? actor(cast, deed.node).hostname : '';
  switch (deed.do) {
    case 'cut-power':
      return `power of ${name} cut`;
    case 'power-on':
      return `${name} switched on`;
    case 'shut-down':
      return `${name} told to power off`;
    case 'run':
      return `${name}: ${deed.command}`;
    case 'cable':
      return `cable of ${name}: out ${linkText(deed.fromMachine)}, in ${linkText(deed.toMachine)}`;
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

/** Who has to answer in the end; undefined: nobody. */
function finalHolder(
  { cluster, off }: Performance,
  { endsWith }: Act,
  cast: Cast,
  before: NodeModel | undefined,
): NodeModel | undefined {
  if (endsWith === 'nobody' || endsWith === 'anyone') return undefined;
  if (endsWith !== 'preferred') return actor(cast, endsWith);
  const running = byRank(cluster).filter(({ hostname }) => !off.has(hostname));
  const stays = cluster.vrrp.groups[0].preempt.mode === 'nopreempt' && before !== undefined;
  return stays ? before : running[0];
}

function hasArrived(
  { observer, cluster, booted }: Performance,
  { endsWith, serversOut }: Act,
  after: NodeModel | undefined,
  done: number,
): boolean {
  if (endsWith === 'nobody') return observer.isSilent(STEADY_MS);
  const steady =
    after === undefined
      ? observer.holder(cluster, STEADY_MS) !== undefined
      : observer.isSteady(after, STEADY_MS);
  if (!steady || serversOut === undefined) return steady;
  const names = serverNames(cluster, booted, 'all');
  const out = serverNames(cluster, booted, serversOut);
  const answering = observer.serversIn(SHARE_REQUESTS, done);
  return names.every((name) => answering.has(name) !== out.includes(name));
}

function whyUnsettled(
  { observer, cluster }: Performance,
  act: Act,
  after: NodeModel | undefined,
  done: number,
): Finding {
  const holder = observer.holder(cluster, STEADY_MS);
  if (act.endsWith === 'nobody')
    return { code: 'not-performed', text: 'clients still get answers' };
  const who = holder === undefined ? 'nobody answers' : `${holder.hostname} answers`;
  if (after !== undefined && holder?.hostname !== after.hostname) {
    const text = `${who} at the VIP; ${after.hostname} was to`;
    if (act.endsWith === 'standby' || act.endsWith === 'third')
      return { code: 'not-taken-over', text };
    return { code: holder === undefined ? 'vip-unanswered' : 'not-taken-back', text };
  }
  if (holder === undefined) return { code: 'vip-unanswered', text: `${who} steadily at the VIP` };
  const answering = [...observer.serversIn(SHARE_REQUESTS, done)].sort().join(', ');
  const code = (act.serversOut ?? 0) !== 0 ? 'backend-trusted' : 'backend-unreached';
  return { code, text: `the answers come from ${answering === '' ? 'nowhere' : answering}` };
}

function lossBetween(observer: Observer, from: number, until: number): number {
  const losses = observer.seats
    .filter(({ fast }) => fast)
    .map(({ outcomes }) => {
      const outages = outagesOf(outcomes.filter(({ at }) => at >= from && at < until));
      return outages.reduce((sum, outage) => sum + (outage.until ?? until) - outage.from, 0);
    });
  return Math.max(0, ...losses) / 1000;
}

/** What the cluster's own timers may take, beyond what any pair is given. */
function patienceMs({ cluster }: Performance): number {
  const { groups, backends } = expectationsOf(cluster);
  const { preempt } = cluster.vrrp.groups[0];
  const delay = preempt.mode === 'preempt' ? preempt.delay : 0;
  const servers = backends[0];
  const seconds =
    (groups[0]?.failover.haproxyDeath ?? 0) +
    delay +
    Math.max(servers?.death ?? 0, servers?.recovery ?? 0);
  return seconds * 1000;
}
