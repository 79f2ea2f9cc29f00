import { formatWholeDuration } from '../../core/format-duration.ts';
import type { ProofComparison } from './compare.ts';
import type { ProofDocument, Trial } from './document.ts';
import { comparisonView } from './view-comparison.ts';
import type { ComparisonView } from './view-comparison.ts';
import { controlPlaneSentence, controlPlaneView } from './view-control-plane.ts';
import type { ControlPlaneView } from './view-control-plane.ts';
import type { FindingView } from './view-fault.ts';
import { countsOf, trialView } from './view-trial.ts';
import { upgradeSentence, upgradeView } from './view-upgrade.ts';
import type { UpgradeView } from './view-upgrade.ts';
import type { Counts, Fact, TrialView } from './view-trial.ts';
import { counted, formatMoment, formatSeconds, SETS, VERDICTS } from './wording.ts';

/** A finding and the section that it belongs to. */
interface Trouble extends FindingView {
  readonly where: string;
  readonly href: string;
}

interface MatrixRow {
  readonly title: string;
  readonly cells: readonly MatrixCell[];
}

interface MatrixCell {
  readonly verdict: string;
  readonly sign: string;
  readonly word: string;
  readonly lost: string;
  readonly href: string;
}

/** Everything that profiles/proof/proof.html.hbs shows, in the words in which it does. */
export interface PageView {
  readonly cluster: string;
  readonly verdict: string;
  readonly sign: string;
  readonly word: string;
  readonly sentence: string;
  readonly counts: Counts;
  readonly performed: number;
  readonly worst: string;
  readonly facts: readonly Fact[];
  readonly host: readonly Fact[];
  readonly lock: string;
  readonly troubles: readonly Trouble[];
  readonly several: boolean;
  readonly matrix: readonly MatrixRow[];
  readonly trials: readonly TrialView[];
  readonly comparison: ComparisonView | undefined;
  readonly upgrade: UpgradeView | undefined;
  readonly controlPlane: ControlPlaneView | undefined;
}

export function pageView(proof: ProofDocument, comparison: ProofComparison | undefined): PageView {
  const trials = proof.trials.map((trial, i) => trialView(trial, `t${i + 1}`));
  const several = trials.length > 1;
  const counts = countsOf(proof.trials);
  const troubles = trials.flatMap((trial) => troublesOf(trial, several));
  return {
    cluster: proof.cluster,
    verdict: proof.verdict,
    ...VERDICTS[proof.verdict],
    sentence: sentenceOf(proof),
    counts,
    performed: counts.pass + counts.fail,
    worst: worstLoss(proof.trials),
    facts: [
      { label: 'Proved', value: formatMoment(proof.startedAt) },
      { label: 'Faults', value: SETS[proof.set] },
      { label: 'Took', value: formatWholeDuration(proof.durationSeconds * 1000) },
      { label: 'By', value: proof.tool },
    ],
    host: hostFacts(proof.host),
    lock: proof.lock ?? '',
    troubles:
      troubles.length === 0 && trials.length > 0 && proof.verdict === 'fail'
        ? unproved(trials)
        : troubles,
    several,
    matrix: several ? matrixOf(trials) : [],
    trials,
    comparison: comparison && comparisonView(comparison),
    upgrade: proof.upgrade && upgradeView(proof.upgrade),
    controlPlane: proof.controlPlane && controlPlaneView(proof.controlPlane),
  };
}

function sentenceOf({ verdict, trials, upgrade, controlPlane }: ProofDocument): string {
  if (trials.length === 0 && upgrade !== undefined)
    return `Rolled out while clients asked: ${upgradeSentence(upgrade)}`;
  if (trials.length === 0 && controlPlane !== undefined)
    return `In front of real API servers: ${controlPlaneSentence(controlPlane)}`;
  const counts = countsOf(trials);
  const performed = counts.pass + counts.fail;
  if (performed === 0) return 'No fault was run: nothing is proved.';
  const faults = counted(performed, 'fault');
  const images = trials.length === 1 ? 'These images were' : `${trials.length} sets of images were`;
  return verdict === 'pass'
    ? `${images} booted and broken on purpose: ${faults}, and each time the virtual address did what it must.`
    : `${images} booted and broken on purpose: ${faults}, of which ${counts.fail} did not end as ${counts.fail === 1 ? 'it' : 'they'} must.`;
}

function worstLoss(trials: readonly Trial[]): string {
  const losses = trials.flatMap(({ faults }) => faults.map((it) => it.outageSeconds ?? 0));
  return formatSeconds(Math.max(0, ...losses));
}

function hostFacts(host: ProofDocument['host']): readonly Fact[] {
  return [
    { label: 'Emulator', value: host.qemu },
    { label: 'Acceleration', value: host.accelerator },
    { label: 'Processor', value: `${host.processors} × ${host.processorModel} (${host.arch})` },
    { label: 'Memory', value: `${host.memoryMib} MiB` },
    { label: 'Kernel', value: host.kernel },
    { label: 'Node.js', value: host.nodejs },
  ];
}

function troublesOf(trial: TrialView, several: boolean): readonly Trouble[] {
  const prefix = several ? `${trial.title}: ` : '';
  return [
    ...trial.findings.map((finding) => ({
      ...finding,
      where: `${prefix}before any fault`,
      href: `#${trial.id}`,
    })),
    ...trial.faults.flatMap(({ findings, title, id }) =>
      findings.map((finding) => ({ ...finding, where: `${prefix}${title}`, href: `#${id}` })),
    ),
  ];
}

/** A proof may fail without a finding: where faults were skipped that the verdict needs. */
function unproved(trials: readonly TrialView[]): readonly Trouble[] {
  return trials.flatMap(({ id, title, faults }) => {
    const reasons = [...new Set(faults.map(({ skipped }) => skipped))].filter((it) => it !== '');
    if (reasons.length === 0) return [];
    const text = `Faults were skipped: ${reasons.join('; ')}.`;
    return [{ ...NOTHING_PROVED, text, where: title, href: `#${id}` }];
  });
}

const NOTHING_PROVED = {
  title: 'Not enough faults were run',
  look: 'The reason is given with each fault. A time limit can be raised; what the host lacks, “vipiso doctor” names.',
};

function matrixOf(trials: readonly TrialView[]): readonly MatrixRow[] {
  const titles = new Map(
    trials.flatMap(({ faults }) => faults.map(({ name, title }) => [name, title])),
  );
  return [...titles].map(([name, title]) => ({
    title,
    cells: trials.map(({ faults }): MatrixCell => {
      const fault = faults.find((it) => it.name === name);
      return fault === undefined
        ? { verdict: 'absent', sign: '', word: 'not performed', lost: '—', href: '' }
        : { ...fault, href: `#${fault.id}` };
    }),
  }));
}
