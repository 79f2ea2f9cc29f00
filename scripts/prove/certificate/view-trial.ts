import { formatBytes } from '../../core/format-bytes.ts';
import { bootChart, bootEnd } from './charts/boot.ts';
import type { Drawing } from './charts/marks.ts';
import { tallTopology, wideTopology } from './charts/topology.ts';
import type { BootReport, Topology, Trial, Verdict } from './document.ts';
import { faultView, findingView } from './view-fault.ts';
import type { FaultView, FindingView } from './view-fault.ts';
import { formatSeconds, VERDICTS } from './wording.ts';

export interface Counts {
  readonly pass: number;
  readonly fail: number;
  readonly skipped: number;
}

interface BootView {
  readonly chart: Drawing;
  readonly problems: readonly {
    readonly at: string;
    readonly code: string;
    readonly line: string;
  }[];
}

/** One trial as the page's template shows it. */
export interface TrialView {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly sign: string;
  readonly word: string;
  readonly counts: Counts;
  readonly images: readonly {
    readonly node: string;
    readonly file: string;
    readonly size: string;
    readonly sha256: string;
  }[];
  readonly topologies: readonly Drawing[];
  readonly settings: readonly Fact[];
  readonly findings: readonly FindingView[];
  readonly faults: readonly FaultView[];
  readonly boots: readonly BootView[];
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** @param id of its section, unique in the page */
export function trialView(trial: Trial, id: string): TrialView {
  const counts = countsOf([trial]);
  const flawless = counts.fail === 0 && trial.findings.length === 0;
  const verdict = flawless && counts.pass > 0 ? 'pass' : 'fail';
  const longest = Math.max(1, ...trial.boots.map(bootEnd));
  return {
    id,
    name: trial.id,
    title: trial.title,
    verdict,
    ...VERDICTS[verdict],
    counts,
    images: trial.images.map((image) => ({ ...image, size: formatBytes(image.size) })),
    topologies: [
      wideTopology(trial.topology, `${id}-topology-wide`),
      tallTopology(trial.topology, `${id}-topology-tall`),
    ],
    settings: settingsOf(trial.topology),
    findings: trial.findings.map(findingView),
    faults: trial.faults.map((fault, i) => faultView(fault, trial, `${id}-f${i + 1}`)),
    boots: trial.boots.map((boot, i) => bootView(boot, `${id}-b${i + 1}`, longest)),
  };
}

export function countsOf(trials: readonly Trial[]): Counts {
  const faults = trials.flatMap((trial) => trial.faults);
  const of = (wanted: Verdict): number => faults.filter(({ verdict }) => verdict === wanted).length;
  return { pass: of('pass'), fail: of('fail'), skipped: of('skipped') };
}

function settingsOf({ vrrp, nodes }: Topology): readonly Fact[] {
  return [
    { label: 'VRRP', value: `version ${vrrp.version}, ${vrrp.transport}` },
    { label: 'Advert every', value: `${vrrp.advertIntervalSeconds} s` },
    { label: 'Preemption', value: vrrp.preempt },
    { label: 'Virtual router', value: vrrp.virtualRouterIds.join(', ') },
    { label: 'Nodes', value: String(nodes.length) },
  ];
}

function bootView(boot: BootReport, id: string, longest: number): BootView {
  return {
    chart: bootChart(boot, id, longest),
    problems: boot.problems.map(({ at, code, line }) => ({
      at: formatSeconds(at / 1000),
      code,
      line,
    })),
  };
}
