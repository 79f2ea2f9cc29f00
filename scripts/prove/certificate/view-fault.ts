import { formatWholeDuration } from '../../core/format-duration.ts';
import type { Drawing } from './charts/marks.ts';
import { closeUp, stepsOf, timelineChart } from './charts/timeline.ts';
import type { FaultReport, ProofFinding, Trial } from './document.ts';
import { counted, EVENT_KINDS, FINDINGS, formatSeconds, VERDICTS } from './wording.ts';

/** A finding with what it means and where to look. */
export interface FindingView {
  readonly title: string;
  readonly text: string;
  readonly look: string;
}

export function findingView({ code, text }: ProofFinding): FindingView {
  return { ...FINDINGS[code], text };
}

/** One fault as the page's template shows it, in its table and in its own section. */
export interface FaultView {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly verdict: string;
  readonly sign: string;
  readonly word: string;
  readonly action: string;
  readonly expectation: string;
  readonly skipped: string;
  readonly lost: string;
  readonly allowed: string;
  /** `2.81 s lost, 3.90 s allowed`; empty where loss is not judged. */
  readonly measure: string;
  /** How much of what is allowed was lost, in percent, at most 100. */
  readonly used: number;
  readonly meter: boolean;
  /** Of the meter's bar: stage, mixed where only the grant on top of the timers saved it, lost. */
  readonly bar: string;
  /** `200 × ECONNREFUSED, 90 × no answer within 900 ms`; empty where none failed. */
  readonly reasons: string;
  /** `290 of 4000`. */
  readonly requests: string;
  readonly lasted: string;
  readonly findings: readonly FindingView[];
  readonly charts: readonly Drawing[];
  /** Some requests failed: the legend tells how that looks. */
  readonly lossy: boolean;
  readonly steps: readonly {
    readonly number: number;
    readonly at: string;
    readonly text: string;
  }[];
  readonly events: readonly EventView[];
  readonly eventCount: string;
}

interface EventView {
  readonly at: string;
  readonly kind: string;
  readonly node: string;
  readonly text: string;
}

/** What stands where there is nothing to say: a measure that does not apply. */
const NONE = '—';

/** @param id of its section, unique in the page */
export function faultView(fault: FaultReport, trial: Trial, id: string): FaultView {
  const { outageSeconds: lost, allowedSeconds: allowed, requests } = fault;
  const { sign, word } = VERDICTS[fault.verdict];
  const performed = fault.verdict !== 'skipped';
  return {
    id,
    name: fault.id,
    title: fault.title,
    verdict: fault.verdict,
    sign,
    word,
    action: fault.action,
    expectation: fault.expectation,
    skipped: fault.skipped ?? '',
    lost: lost === undefined ? NONE : formatSeconds(lost),
    allowed: allowed === undefined ? NONE : allowanceOf(allowed, fault.marginSeconds),
    measure: measureOf(fault),
    meter: performed && lost !== undefined && allowed !== undefined,
    bar: (lost ?? 0) <= (allowed ?? 0) ? 'stage' : fault.verdict === 'pass' ? 'mixed' : 'lost',
    used: usedShare(lost ?? 0, allowed ?? 0),
    reasons: Object.entries(requests.reasons ?? {})
      .map(([reason, count]) => `${count} × ${reason}`)
      .join(', '),
    requests: performed ? `${requests.failed} of ${requests.sent}` : NONE,
    lasted: formatWholeDuration(fault.durationMs),
    findings: fault.findings.map(findingView),
    lossy: requests.failed > 0,
    charts: performed ? chartsOf(fault, trial, id) : [],
    steps: stepsOf(fault).map((step) => ({ ...step, at: formatSeconds(step.at / 1000) })),
    events: fault.timeline.map(({ at, kind, node = '', text }) => ({
      at: formatSeconds(at / 1000),
      kind: EVENT_KINDS[kind],
      node,
      text,
    })),
    eventCount: counted(fault.timeline.length, 'event'),
  };
}

function measureOf({ outageSeconds, allowedSeconds, marginSeconds }: FaultReport): string {
  if (outageSeconds === undefined) return '';
  const seconds = outageSeconds === 0 ? 'nothing lost' : `${formatSeconds(outageSeconds)} lost`;
  return allowedSeconds === undefined
    ? seconds
    : `${seconds}, ${allowanceOf(allowedSeconds, marginSeconds)} allowed`;
}

/** By the timers, and what the emulation may add. */
function allowanceOf(seconds: number, margin = 0): string {
  return margin === 0
    ? formatSeconds(seconds)
    : `${formatSeconds(seconds)} + ${formatSeconds(margin)}`;
}

function usedShare(lost: number, allowed: number): number {
  if (allowed === 0) return lost === 0 ? 0 : 100;
  return Math.min(100, Math.round((lost / allowed) * 1000) / 10);
}

function chartsOf(fault: FaultReport, trial: Trial, id: string): readonly Drawing[] {
  const { nodes } = trial.topology;
  const whole = { from: 0, until: fault.durationMs };
  const near = closeUp(fault);
  return [
    timelineChart(fault, nodes, { id: `${id}-timeline`, title: 'The whole fault', window: whole }),
    ...(near === undefined
      ? []
      : [
          timelineChart(fault, nodes, {
            id: `${id}-close-up`,
            title: 'Close-up of the outage',
            window: near,
          }),
        ]),
  ];
}
