import type { ProofDocument, Trial } from './certificate/document.ts';

/** A proof is passed when nothing was found, and something was tried. */
export function verdictOf(trials: readonly Trial[]): ProofDocument['verdict'] {
  const clean = trials.every(
    ({ findings, faults }) =>
      findings.length === 0 && faults.every(({ verdict }) => verdict !== 'fail'),
  );
  const tried = trials.some(({ faults }) => faults.some(({ verdict }) => verdict === 'pass'));
  return clean && tried ? 'pass' : 'fail';
}
