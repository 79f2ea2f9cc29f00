import { announcementsIn } from '../../boot/watch/announcements.ts';
import { outagesOf } from '../../boot/outages.ts';
import type { LossLimits } from '../../boot/faults/limits.ts';
import type { Act } from '../../boot/faults/model.ts';
import type { Outcome, Sighting } from '../../boot/lan/protocol.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import { compareStrings } from '../../core/digest.ts';
import type { Finding } from '../../core/finding.ts';
import type { FaultReport, RequestStrip, TimelineEvent } from '../../release/proof/document.ts';
import { nodeOfPort, vipsOf } from './cast.ts';
import { advertMs, mastershipsOf } from './judge.ts';
import type { Seat } from './observer.ts';

/** A strip has no more buckets than a chart can show. */
const MOST_BUCKETS = 500;
const BUCKETS_MS: readonly number[] = [50, 100, 250, 500, 1000, 2500];
/** Announcements come in bursts: one of each is told. */
const BURST_MS = 500;

/** The raw material of one report. Times in milliseconds since the epoch. */
export interface ActRecord extends LossLimits {
  readonly act: Act;
  readonly cluster: ClusterModel;
  readonly from: number;
  readonly until: number;
  readonly seats: readonly Seat[];
  readonly sightings: readonly Sighting[];
  /** What was done and told, already relative to `from`. */
  readonly notes: readonly TimelineEvent[];
  readonly findings: readonly Finding[];
  readonly lostSeconds: number;
}

export function reportOf(record: ActRecord): FaultReport {
  const { act, from, until, findings, lostSeconds } = record;
  const { allowedSeconds, marginSeconds, chanceSeconds } = record;
  const seats = record.seats.map((seat) => ({ ...seat, outcomes: within(seat.outcomes, record) }));
  const fast = seats.filter((seat) => seat.fast);
  const outcomes = seats.flatMap((seat) => seat.outcomes);
  return {
    ...headOf(act),
    verdict: findings.length === 0 ? 'pass' : 'fail',
    findings: [...findings],
    durationMs: until - from,
    ...(act.endsWith !== 'nobody' && { lostSeconds: rounded(lostSeconds) }),
    ...(allowedSeconds !== undefined && { allowedSeconds, marginSeconds, chanceSeconds }),
    requests: {
      asked: outcomes.length,
      failed: outcomes.filter(({ result }) => result.kind === 'failed').length,
      reasons: reasonsOf(outcomes),
    },
    outages: outagesOf(worst(fast)).map((outage) => ({
      from: Math.max(0, outage.from - from),
      ...(outage.until !== undefined && { until: outage.until - from }),
    })),
    masterships: mastershipsOf(record.cluster, record.sightings).map((it) => ({
      node: nodeOfPort(it.port),
      virtualRouterId: it.virtualRouterId,
      from: Math.max(0, it.from - from),
      // Between two adverts a master is master as well.
      ...(until - it.until > stillSpeaksMs(record.cluster) && {
        until: Math.max(0, it.until - from),
      }),
    })),
    timeline: timelineOf(record),
    strips: seats.map(({ target, outcomes: seen }) => stripOf(target, seen, record)),
  };
}

function stillSpeaksMs(cluster: ClusterModel): number {
  return 2 * advertMs(cluster);
}

/** The report of an act that was not performed. */
export function skippedReport(act: Act, why: string): FaultReport {
  return {
    ...headOf(act),
    verdict: 'skipped',
    findings: [],
    skipped: why,
    durationMs: 0,
    requests: { asked: 0, failed: 0 },
    outages: [],
    masterships: [],
    timeline: [],
    strips: [],
  };
}

function headOf({ id, title, action, expectation }: Act) {
  return { id, title, action, expectation };
}

function within(
  outcomes: readonly Outcome[],
  { from, until }: Pick<ActRecord, 'from' | 'until'>,
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
function worst(seats: readonly Seat[]): readonly Outcome[] {
  const failures = ({ outcomes }: Seat): number =>
    outcomes.filter(({ result }) => result.kind === 'failed').length;
  return [...seats].sort((a, b) => failures(b) - failures(a))[0]?.outcomes ?? [];
}

function timelineOf({ notes, sightings, cluster, from }: ActRecord): TimelineEvent[] {
  const masters = mastershipsOf(cluster, sightings).flatMap((it): TimelineEvent[] => {
    const node = nodeOfPort(it.port);
    const about = { kind: 'vrrp', node } as const;
    return it.from - from > BURST_MS
      ? [{ at: it.from - from, ...about, text: `${node} speaks as VRRP master` }]
      : [];
  });
  const goodbyes = sightings.flatMap(({ at, port, note }): TimelineEvent[] =>
    note.kind === 'vrrp' && note.priority === 0
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
  const events = [...notes, ...masters, ...goodbyes, ...announcements(cluster, sightings, from)];
  return events.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
}

function announcements(
  cluster: ClusterModel,
  sightings: readonly Sighting[],
  from: number,
): readonly TimelineEvent[] {
  const last = new Map<string, number>();
  return announcementsIn(sightings, vipsOf(cluster)).flatMap(({ at, port, address }) => {
    const key = `${port} ${address}`;
    const isNew = at - (last.get(key) ?? 0) > BURST_MS;
    last.set(key, at);
    const node = nodeOfPort(port);
    return isNew
      ? [{ at: at - from, kind: 'arp' as const, node, text: `${node} announces ${address}` }]
      : [];
  });
}

function stripOf(
  target: string,
  outcomes: readonly Outcome[],
  { from, until }: Pick<ActRecord, 'from' | 'until'>,
): RequestStrip {
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
