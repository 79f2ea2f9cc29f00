import type { ClusterModel } from '../../cluster/model.ts';
import { SLO_KEYS } from '../../cluster/slo/model.ts';
import type { SloKey, SloModel } from '../../cluster/slo/model.ts';
import { obstacleTo } from '../scenarios/catalogue.ts';
import type { Scenario } from '../scenarios/model.ts';
import { sloKeyOf } from '../scenarios/slo.ts';
import type { ProofDocument } from './document.ts';

/** What a proof says of the cluster file's `slo`. */
export interface SloOutcome {
  /** Every demand was measured, and kept. */
  readonly kept: boolean;
  /** One sentence for each demand that was missed, and for each that no fault measured. */
  readonly missed: readonly string[];
  readonly unmeasured: readonly string[];
}

/**
 * Whether a proof kept what the cluster file asks for, by the images that ship. A demand that no fault measured is not
 * kept: nothing is known about it.
 *
 * @param asked `slo` of the cluster file; absent = nothing is asked for
 */
export function sloOutcome(
  proof: Pick<ProofDocument, 'trials'>,
  asked: SloModel | undefined,
): SloOutcome {
  const faults = (proof.trials[0]?.faults ?? []).filter(({ verdict }) => verdict !== 'skipped');
  const missed = faults.flatMap(({ title, findings }) =>
    findings.filter(({ code }) => code === 'slo-missed').map(({ text }) => `${title}: ${text}`),
  );
  const unmeasured = keysOf(asked)
    .filter((key) => !faults.some(({ slo }) => slo?.key === key))
    .map((key) => `slo.${key} was not measured: no fault of the proof is about it`);
  return { kept: missed.length + unmeasured.length === 0, missed, unmeasured };
}

/** Demands of a cluster file that these scenarios cannot measure, for none of them that suits the cluster is about it. */
export function unmeasurable(
  cluster: ClusterModel,
  scenarios: readonly Scenario[],
): readonly SloKey[] {
  const fit = scenarios.filter((scenario) => obstacleTo(scenario, cluster) === undefined);
  const measured = fit.flatMap(({ steps }) => steps.map(({ loss }) => sloKeyOf(loss)));
  return keysOf(cluster.slo).filter((key) => !measured.includes(key));
}

function keysOf(asked: SloModel | undefined): readonly SloKey[] {
  return SLO_KEYS.filter((key) => asked?.[key] !== undefined);
}
