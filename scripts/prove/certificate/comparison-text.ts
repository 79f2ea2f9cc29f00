import type { BootChange, Change, FaultChange, ProofComparison } from './compare.ts';
import { formatMoment, formatSeconds, VERDICTS } from './wording.ts';

/** Each change has a sign and words beside its colour. */
export const CHANGES: Readonly<Record<Change, { readonly sign: string; readonly words: string }>> =
  {
    regressed: { sign: '▲', words: 'worse' },
    improved: { sign: '▼', words: 'better' },
    same: { sign: '=', words: 'same' },
    'not-run': { sign: '–', words: 'not run' },
    added: { sign: '+', words: 'new' },
  };

/** Smaller differences in a boot are the host's. */
const BOOT_SECONDS = 1;

/** For the terminal, a line each. */
export function formatComparison(comparison: ProofComparison): readonly string[] {
  const { older, faults, settings, hosts } = comparison;
  const width = Math.max(0, ...faults.map(({ trial, fault }) => trial.length + fault.length + 2));
  return [
    `Compared to the proof of ${formatMoment(older.startedAt)} (${older.tool}):`,
    ...faults.map((it) => `  ${CHANGES[it.change].sign} ${faultLine(it, width)}`),
    ...settings.map((it) => `  setting ${it.trial}, ${it.what}: ${it.older} -> ${it.newer}`),
    ...slowerBoots(comparison.boots).map(bootLine),
    `  images: ${imagesInWords(comparison)}`,
    ...hosts.map((it) => `  host ${it.what}: ${it.older} -> ${it.newer}`),
  ];
}

function faultLine({ trial, fault, older, newer, why }: FaultChange, width: number): string {
  const name = `${trial}, ${fault}`.padEnd(width);
  return `${name}  ${outcomeText(older)} -> ${outcomeText(newer)}${why === '' ? '' : `  ${why}`}`;
}

/** `pass, 2.81 s`. */
export function outcomeText(outcome: FaultChange['older']): string {
  if (outcome === undefined) return 'none';
  const { word } = VERDICTS[outcome.verdict];
  return outcome.outageSeconds === undefined
    ? word
    : `${word}, ${formatSeconds(outcome.outageSeconds)}`;
}

/** Those stages that came a second or more earlier or later, or came only once. */
export function slowerBoots(boots: readonly BootChange[]): readonly BootChange[] {
  return boots.filter(
    ({ olderMs, newerMs }) =>
      olderMs === undefined ||
      newerMs === undefined ||
      Math.abs(newerMs - olderMs) >= BOOT_SECONDS * 1000,
  );
}

function bootLine({ trial, boot, stage, olderMs, newerMs }: BootChange): string {
  return `  boot ${trial}, ${boot}, ${stage}: ${momentText(olderMs)} -> ${momentText(newerMs)}`;
}

/** Of a stage: `12.6 s`. */
export function momentText(milliseconds: number | undefined): string {
  return milliseconds === undefined ? 'not reached' : formatSeconds(milliseconds / 1000);
}

/** Of those that both proofs have: `all the same bytes`, `2 of 3 differ`. */
export function imagesInWords({ images }: ProofComparison): string {
  const both = images.filter(({ older, newer }) => older !== undefined && newer !== undefined);
  const differ = both.filter(({ older, newer }) => older !== newer).length;
  if (both.length === 0) return 'none that both proofs have';
  return differ === 0 ? 'all the same bytes' : `${differ} of ${both.length} differ`;
}
