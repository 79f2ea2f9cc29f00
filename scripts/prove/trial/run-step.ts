import { expectationsOf } from '../../cluster/expectations/expectations.ts';
import type { NodeModel } from '../../cluster/model.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import type { FaultReport, TimelineEvent } from '../certificate/document.ts';
import type { ProofFinding } from '../findings.ts';
import type { Observer } from '../measure/observer.ts';
import { outagesOf } from '../measure/outages.ts';
import type { FaultStep } from '../scenarios/model.ts';
import { judgeSlo } from '../scenarios/slo.ts';
import { describeAction } from './describe-action.ts';
import { executeAction } from './execute-action.ts';
import type { FaultTarget } from './execute-action.ts';
import { finalHolder, limitsFor, ofGroup, sightingsOf } from './groups.ts';
import { judgeStep } from './judge.ts';
import { assign } from './node-roles.ts';
import type { NodeRoles } from './node-roles.ts';
import { trackPowerState } from './power-state.ts';
import { reportOf } from './report.ts';
import type { GroupLoss } from './report.ts';
import { serverNames } from './server-names.ts';
import { closeStreams, judgeStreams, openStreams, serversTouched } from './streams.ts';
import type { StreamOutcome } from './streams.ts';

/** What the charts show of the time before. */
const LEAD_IN_MS = 1000;
/** Requests that hang are failures only after their own time; nothing is judged before. */
const LEAST_WATCH_MS = 2000;
const SETTLE_MS = 60_000;
/** What lasts for so long is a state of affairs. */
export const STEADY_MS = 1000;
/** Among so many requests every API server of a balanced service comes by, also one whose share still grows. */
const SHARE_REQUESTS = 150;

export interface TrialContext extends FaultTarget {
  readonly observer: Observer;
  readonly accelerator: 'kvm' | 'tcg';
  /** Nodes that are switched off, by host name; kept true by `runFaultStep`. */
  readonly off: Set<string>;
}

/** Runs one step of a fault, waits until its expected end is reached, and judges what was seen. */
export async function runFaultStep(
  host: Host,
  context: TrialContext,
  faultStep: FaultStep,
  roles: NodeRoles,
): Promise<FaultReport> {
  const { cluster, observer } = context;
  const streams = await openStreams(context.booted, cluster);
  await observer.observeFor(LEAD_IN_MS);
  const from = host.now() - LEAD_IN_MS;
  const befores = holdersOf(context, roles);
  const notes: TimelineEvent[] = [];
  const note = (text: string): void => {
    notes.push({ at: host.now() - from, kind: 'step', text });
  };
  const failures = await runActions(host, context, faultStep, roles, note);
  const done = host.now();
  const expected = { cluster, faultStep, roles, off: context.off };
  const outcomes = cluster.vrrp.groups.map((group): GroupOutcome => {
    const before = befores.get(group);
    return { group, before, after: finalHolder(group, before, expected) };
  });
  await observer.observeFor(Math.max(LEAST_WATCH_MS, (faultStep.watchSeconds ?? 0) * 1000));
  const arrived = (): boolean => hasArrived(context, faultStep, outcomes, done);
  const settled = await observer.until(arrived, SETTLE_MS + expectedConvergenceMs(context));
  await observer.observeFor(LEAD_IN_MS);
  const until = host.now();
  const streamOutcomes = await closeStreams(context.booted.lan, streams);
  notes.push(...streamNotes(streamOutcomes, from));

  const packetEvents = observer.packetEvents.filter(({ at }) => at >= from);
  const losses = outcomes.map((outcome) => lossOf(outcome, context, faultStep, { from, until }));
  const findings = [
    ...failures,
    ...(settled ? [] : [whyUnsettled(context, faultStep, outcomes, done)]),
    ...outcomes.flatMap(({ group, before, after }, index) =>
      judgeStep({
        ...(losses[index] ?? NO_LOSS),
        ...{ faultStep, cluster, group, before, after, done },
        packetEvents: sightingsOf(group, cluster, packetEvents),
      }),
    ),
    ...judgeSlo(faultStep.loss, cluster, Math.max(0, ...losses.map((it) => it.outageSeconds))),
    ...judgeStreams(
      faultStep,
      streamOutcomes,
      serversTouched(faultStep, cluster, context.booted),
      until,
    ),
  ];
  const { probeClients } = observer;
  return reportOf({
    faultStep,
    cluster,
    from,
    until,
    probeClients,
    packetEvents,
    notes,
    findings,
    losses,
  });
}

/** A group, who held its VIPs, and who is to hold them. */
interface GroupOutcome {
  readonly group: VrrpGroupModel;
  readonly before: NodeModel | undefined;
  readonly after: NodeModel | undefined;
}

const NO_LOSS = { outageSeconds: 0, allowedSeconds: undefined, marginSeconds: 0 } as const;

function lossOf(
  { group, before, after }: GroupOutcome,
  { observer, cluster, accelerator }: TrialContext,
  faultStep: FaultStep,
  { from, until }: { readonly from: number; readonly until: number },
): GroupLoss {
  const moves = before?.hostname !== after?.hostname;
  return {
    group: group.name,
    outageSeconds: lossBetween(observer, group, from, until),
    ...limitsFor(group, moves, { faultStep, cluster }, accelerator),
  };
}

/** Where all API servers are out, nobody answers, and the node that did still holds the VIPs. */
export function holdersOf(
  { cluster, observer }: TrialContext,
  roles?: NodeRoles,
): ReadonlyMap<VrrpGroupModel, NodeModel> {
  return new Map(
    cluster.vrrp.groups.flatMap((group) => {
      const holder = observer.holder(cluster, group, STEADY_MS) ?? roles?.holders.get(group);
      return holder === undefined ? [] : [[group, holder] as const];
    }),
  );
}

function streamNotes(
  streamOutcomes: readonly StreamOutcome[],
  from: number,
): readonly TimelineEvent[] {
  return streamOutcomes.flatMap(({ name, record: { server, ended } }) =>
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

async function runActions(
  host: Host,
  context: TrialContext,
  faultStep: FaultStep,
  roles: NodeRoles,
  note: (text: string) => void,
): Promise<readonly ProofFinding[]> {
  const boots: Promise<readonly string[]>[] = [];
  try {
    for (const written of faultStep.actions) {
      const action = assign(written, roles);
      note(describeAction(action));
      trackPowerState(context.off, action);
      const booting = await executeAction(host, context, action);
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
        code: boots.length > 0 ? 'boot-failed' : 'fault-injection-failed',
        text: [error.message, ...error.details].join('\n'),
      },
    ];
  }
}

function hasArrived(
  { observer, cluster, booted }: TrialContext,
  { endsWith, serversOut }: FaultStep,
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
  { observer, cluster }: TrialContext,
  faultStep: FaultStep,
  outcomes: readonly GroupOutcome[],
  done: number,
): ProofFinding {
  if (faultStep.endsWith === 'nobody')
    return { code: 'fault-injection-failed', text: 'clients still get answers' };
  for (const { group, before, after } of outcomes) {
    const holder = observer.holder(cluster, group, STEADY_MS);
    const who = holder === undefined ? 'nobody answers' : `${holder.hostname} answers`;
    const place = `at the VIP${ofGroup(group, cluster)}`;
    if (after !== undefined && holder?.hostname !== after.hostname) {
      const text = `${who} ${place}; ${after.hostname} was to`;
      if (faultStep.endsWith === 'standby' || faultStep.endsWith === 'third')
        return { code: 'failover-failed', text };
      if (faultStep.endsWith === 'holder' && after.hostname !== before?.hostname)
        return { code: 'failover-failed', text };
      return { code: holder === undefined ? 'vip-unreachable' : 'failback-failed', text };
    }
    if (holder === undefined) return { code: 'vip-unreachable', text: `${who} steadily ${place}` };
  }
  const answering = [...observer.serversIn(SHARE_REQUESTS, done)].sort().join(', ');
  const code =
    (faultStep.serversOut ?? 0) !== 0
      ? 'failed-backend-in-rotation'
      : 'healthy-backend-out-of-rotation';
  return { code, text: `the answers come from ${answering === '' ? 'nowhere' : answering}` };
}

function lossBetween(
  observer: Observer,
  { name }: VrrpGroupModel,
  from: number,
  until: number,
): number {
  const losses = observer.probeClients
    .filter(({ fast, group }) => fast && group === name)
    .map(({ outcomes }) => {
      const outages = outagesOf(outcomes.filter(({ at }) => at >= from && at < until));
      return outages.reduce((sum, outage) => sum + (outage.until ?? until) - outage.from, 0);
    });
  return Math.max(0, ...losses) / 1000;
}

/** What the cluster's own timers may take, beyond what any pair is given. */
function expectedConvergenceMs({ cluster }: TrialContext): number {
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
