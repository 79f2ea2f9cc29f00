import type { Outcome, PacketEvent } from '../../boot/lan/protocol.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import { vipsOf } from '../../cluster/node-addresses.ts';
import { compareStrings } from '../../core/digest.ts';
import type { FaultReport, RequestSeries, TimelineEvent } from '../certificate/document.ts';
import type { ProofFinding } from '../findings.ts';
import { announcementsIn } from '../measure/announcements.ts';
import type { ProbeClient } from '../measure/observer.ts';
import { outagesOf } from '../measure/outages.ts';
import type { LossLimits } from '../scenarios/limits.ts';
import type { FaultStep } from '../scenarios/model.ts';
import { predictedLoss, sloKeyOf } from '../scenarios/slo.ts';
import { nodeOfPort } from '../switch-port.ts';
import { advertMs, masterPeriodsOf } from './judge.ts';

/** A series has no more buckets than a chart can show. */
const MOST_BUCKETS = 500;
const BUCKETS_MS: readonly number[] = [50, 100, 250, 500, 1000, 2500];
/** Announcements come in bursts: one of each is told. */
const BURST_MS = 500;

/** The raw material of one report. Times in milliseconds since the epoch. */
export interface StepRecord {
  readonly faultStep: FaultStep;
  readonly cluster: ClusterModel;
  readonly from: number;
  readonly until: number;
  readonly probeClients: readonly ProbeClient[];
  readonly packetEvents: readonly PacketEvent[];
  /** What was done and told, already relative to `from`. */
  readonly notes: readonly TimelineEvent[];
  readonly findings: readonly ProofFinding[];
  /** As the groups of the cluster. */
  readonly losses: readonly GroupLoss[];
}

/** What the clients of a group's VIPs lost, and what they were held against. */
export interface GroupLoss extends LossLimits {
  readonly group: string;
  readonly outageSeconds: number;
}

export function reportOf(record: StepRecord): FaultReport {
  const { faultStep, from, until, findings, losses } = record;
  const probeClients = record.probeClients.map((probeClient) => ({
    ...probeClient,
    outcomes: within(probeClient.outcomes, record),
  }));
  const fast = probeClients.filter((probeClient) => probeClient.fast);
  const outcomes = probeClients.flatMap((probeClient) => probeClient.outcomes);
  return {
    ...headOf(faultStep),
    verdict: findings.length === 0 ? 'pass' : 'fail',
    findings: [...findings],
    durationMs: until - from,
    ...measures(worstLoss(losses), faultStep),
    ...promises(worstLoss(losses), record),
    ...(losses.length > 1 && {
      groups: losses.map((loss) => ({ group: loss.group, ...measures(loss, faultStep) })),
    }),
    requests: {
      sent: outcomes.length,
      failed: outcomes.filter(({ result }) => result.kind === 'failed').length,
      reasons: reasonsOf(outcomes),
    },
    outages: outagesOf(worst(fast)).map((outage) => ({
      from: Math.max(0, outage.from - from),
      ...(outage.until !== undefined && { until: outage.until - from }),
    })),
    masterPeriods: masterPeriodsOf(record.cluster, record.packetEvents).map((it) => ({
      node: nodeOfPort(it.port),
      virtualRouterId: it.virtualRouterId,
      from: Math.max(0, it.from - from),
      // Between two adverts a master is master as well.
      ...(until - it.until > stillSpeaksMs(record.cluster) && {
        until: Math.max(0, it.until - from),
      }),
    })),
    timeline: timelineOf(record),
    requestSeries: probeClients.map(({ target, outcomes: seen }) => seriesOf(target, seen, record)),
  };
}

/** The loss that says most of a step: the one that is furthest above, or least below, what was allowed. */
function worstLoss(losses: readonly GroupLoss[]): GroupLoss | undefined {
  const excess = ({ outageSeconds, allowedSeconds = 0 }: GroupLoss): number =>
    outageSeconds - allowedSeconds;
  const moved = losses.filter(({ allowedSeconds = 0 }) => allowedSeconds > 0);
  const late = losses.filter((loss) => excess(loss) > loss.marginSeconds);
  const [worst] = [...late, ...moved, ...losses].sort((a, b) => excess(b) - excess(a));
  return late.length > 0 || moved.length === 0
    ? worst
    : [...moved].sort((a, b) => b.outageSeconds - a.outageSeconds)[0];
}

function measures(loss: GroupLoss | undefined, { endsWith }: FaultStep) {
  if (loss === undefined) return {};
  const { outageSeconds, allowedSeconds, marginSeconds, jitterSeconds } = loss;
  return {
    ...(endsWith !== 'nobody' && { outageSeconds: rounded(outageSeconds) }),
    ...(allowedSeconds !== undefined && { allowedSeconds, marginSeconds, jitterSeconds }),
  };
}

/** What was predicted and asked for, of the loss that is told. */
function promises(loss: GroupLoss | undefined, { faultStep, cluster }: StepRecord) {
  const group = cluster.vrrp.groups.find(({ name }) => name === loss?.group);
  const key = sloKeyOf(faultStep.loss);
  if (group === undefined || key === undefined) return {};
  const predicted = predictedLoss(faultStep.loss, group, cluster);
  const askedSeconds = cluster.slo?.[key];
  return {
    ...(predicted !== undefined && { predicted }),
    ...(askedSeconds !== undefined && { slo: { key, askedSeconds } }),
  };
}

function stillSpeaksMs(cluster: ClusterModel): number {
  return 2 * advertMs(cluster);
}

/** The report of a step that was not run. */
export function skippedReport(faultStep: FaultStep, why: string): FaultReport {
  return {
    ...headOf(faultStep),
    verdict: 'skipped',
    findings: [],
    skipped: why,
    durationMs: 0,
    requests: { sent: 0, failed: 0 },
    outages: [],
    masterPeriods: [],
    timeline: [],
    requestSeries: [],
  };
}

function headOf({ id, title, action, expectation }: FaultStep) {
  return { id, title, action, expectation };
}

function within(
  outcomes: readonly Outcome[],
  { from, until }: Pick<StepRecord, 'from' | 'until'>,
): Outcome[] {
  return outcomes.filter(({ at }) => at >= from && at < until);
}

function reasonsOf(outcomes: readonly Outcome[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { result } of outcomes)
    if (result.kind === 'failed') counts.set(result.reason, (counts.get(result.reason) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => compareStrings(a, b)));
}

/** Of several clients the one that lost most. */
function worst(probeClients: readonly ProbeClient[]): readonly Outcome[] {
  const failures = ({ outcomes }: ProbeClient): number =>
    outcomes.filter(({ result }) => result.kind === 'failed').length;
  return [...probeClients].sort((a, b) => failures(b) - failures(a))[0]?.outcomes ?? [];
}

function timelineOf({ notes, packetEvents, cluster, from }: StepRecord): TimelineEvent[] {
  const masters = masterPeriodsOf(cluster, packetEvents).flatMap((it): TimelineEvent[] => {
    const node = nodeOfPort(it.port);
    const about = { kind: 'vrrp', node } as const;
    return it.from - from > BURST_MS
      ? [{ at: it.from - from, ...about, text: `${node} sends VRRP advertisements as MASTER` }]
      : [];
  });
  const gracefulReleases = packetEvents.flatMap(({ at, port, packet }): TimelineEvent[] =>
    packet.kind === 'vrrp' && packet.priority === 0
      ? [
          {
            at: at - from,
            kind: 'vrrp',
            node: nodeOfPort(port),
            text: `${nodeOfPort(port)} gives up (priority 0)`,
          },
        ]
      : [],
  );
  const events = [
    ...notes,
    ...masters,
    ...gracefulReleases,
    ...announcements(cluster, packetEvents, from),
  ];
  return events.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
}

function announcements(
  cluster: ClusterModel,
  packetEvents: readonly PacketEvent[],
  from: number,
): readonly TimelineEvent[] {
  const last = new Map<string, number>();
  return announcementsIn(packetEvents, vipsOf(cluster)).flatMap(({ at, port, address }) => {
    const key = `${port} ${address}`;
    const isNew = at - (last.get(key) ?? 0) > BURST_MS;
    last.set(key, at);
    const node = nodeOfPort(port);
    return isNew
      ? [{ at: at - from, kind: 'arp' as const, node, text: `${node} announces ${address}` }]
      : [];
  });
}

function seriesOf(
  target: string,
  outcomes: readonly Outcome[],
  { from, until }: Pick<StepRecord, 'from' | 'until'>,
): RequestSeries {
  const length = until - from;
  const bucketMs = BUCKETS_MS.find((it) => length / it <= MOST_BUCKETS) ?? length / MOST_BUCKETS;
  const count = Math.max(1, Math.ceil(length / bucketMs));
  const answered = new Array<number>(count).fill(0);
  const failed = new Array<number>(count).fill(0);
  const slowestMs = new Array<number>(count).fill(0);
  for (const { at, result, latencyMs } of outcomes) {
    const bucket = Math.min(count - 1, Math.floor((at - from) / bucketMs));
    const row = result.kind === 'answered' ? answered : failed;
    row[bucket] = (row[bucket] ?? 0) + 1;
    if (result.kind === 'answered')
      slowestMs[bucket] = Math.max(slowestMs[bucket] ?? 0, Math.round(latencyMs));
  }
  return { target, bucketMs, answered, failed, slowestMs };
}

export function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
