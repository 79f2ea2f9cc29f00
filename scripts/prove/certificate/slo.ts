import type { ProofDocument } from './document.ts';

/** What a proof says of the cluster file's `slo`. */
export interface SloOutcome {
  /** Every demand was measured, and kept. */
  readonly kept: boolean;
  /** One sentence for each demand that was not. */
  readonly reasons: readonly string[];
}

/**
 * Whether a proof kept what the cluster file asks for, by the images that ship. A demand that no fault measured is not
 * kept: nothing is known about it.
 *
 * @param asked keys of `slo` in the cluster file
 */
export function sloOutcome(
  proof: Pick<ProofDocument, 'trials'>,
  asked: readonly string[],
): SloOutcome {
  const faults = (proof.trials[0]?.faults ?? []).filter(({ verdict }) => verdict !== 'skipped');
  const missed = faults.flatMap(({ title, findings }) =>
    findings.filter(({ code }) => code === 'slo-missed').map(({ text }) => `${title}: ${text}`),
  );
  const unmeasured = asked
    .filter((key) => !faults.some(({ slo }) => slo?.key === key))
    .map((key) => `slo.${key} was not measured: no fault of the proof is about it`);
  const reasons = [...missed, ...unmeasured];
  return { kept: reasons.length === 0, reasons };
}
