import type { UpgradeProof, UpgradeRun } from './document.ts';
import { FINDINGS, VERDICTS } from './wording.ts';

interface RunRow {
  readonly name: string;
  readonly verdict: string;
  readonly sign: string;
  readonly word: string;
  readonly requests: string;
  readonly gap: string;
  readonly cuts: string;
  readonly seconds: string;
  readonly findings: readonly {
    readonly title: string;
    readonly text: string;
    readonly look: string;
  }[];
  readonly steps: readonly {
    readonly number: number;
    readonly at: string;
    readonly text: string;
  }[];
}

/** The page's section on the rolling upgrade. */
export interface UpgradeView {
  readonly verdict: string;
  readonly sign: string;
  readonly word: string;
  readonly sentence: string;
  readonly packages: UpgradeProof['packages'];
  readonly findings: RunRow['findings'];
  readonly runs: readonly RunRow[];
}

export function upgradeView(upgrade: UpgradeProof): UpgradeView {
  const { verdict, packages, findings, runs } = upgrade;
  return {
    verdict,
    ...VERDICTS[verdict],
    sentence: upgradeSentence(upgrade),
    packages,
    findings: findings.map(findingView),
    runs: runs.map(rowOf),
  };
}

/** `20 rollouts (10 forward, 10 back): 0 of 61204 requests failed, longest gap 84 ms, no stream cut more than once.` */
export function upgradeSentence({ runs, pollIntervalMs }: UpgradeProof): string {
  if (runs.length === 0) return 'No rollout was performed: nothing is proved.';
  const forward = runs.filter(({ direction }) => direction === 'forward').length;
  const sent = runs.reduce((sum, { requests }) => sum + requests.sent, 0);
  const failed = runs.reduce((sum, { requests }) => sum + requests.failed, 0);
  const gap = Math.max(...runs.map(({ longestGapMs }) => longestGapMs));
  const cuts = Math.max(0, ...runs.flatMap(({ streams }) => streams.cuts));
  return `${forward} forward and ${runs.length - forward} back: ${failed} of ${sent} requests failed, one every ${pollIntervalMs} ms; longest gap ${gap} ms; no watch was cut more than ${cuts} times in one rollout.`;
}

/** One line for the terminal. */
export function upgradeLine({
  number,
  direction,
  verdict,
  requests,
  longestGapMs,
  streams,
  findings,
}: UpgradeRun): string {
  const why = findings.map(({ code }) => code).join(', ');
  const figures = `${requests.failed}/${requests.sent} failed  gap ${longestGapMs} ms  cuts ${Math.max(0, ...streams.cuts)}`;
  return `  ${verdict.padEnd(7)} ${`${direction} ${number}`.padEnd(11)} ${figures}${why === '' ? '' : `: ${why}`}`;
}

function rowOf(run: UpgradeRun): RunRow {
  const { number, direction, verdict, requests, longestGapMs, streams, findings, steps } = run;
  return {
    name: `${number} ${direction}`,
    verdict,
    ...VERDICTS[verdict],
    requests: `${requests.failed} of ${requests.sent}`,
    gap: `${longestGapMs} ms`,
    cuts: `${Math.max(0, ...streams.cuts)}`,
    seconds: `${Math.round(run.durationSeconds)} s`,
    findings: findings.map(findingView),
    steps: steps.map(({ at, text, failed }, index) => ({
      number: index + 1,
      at: `${(at / 1000).toFixed(1)} s`,
      text: failed === 0 ? text : `${text} (${failed} requests failed before)`,
    })),
  };
}

function findingView({ code, text }: UpgradeRun['findings'][number]): RunRow['findings'][number] {
  return { ...FINDINGS[code], text };
}
