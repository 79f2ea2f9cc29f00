import { VipisoError } from '../../core/errors.ts';
import { SCENARIOS } from './catalogue.ts';
import type { Scenario } from './model.ts';

/**
 * @param ids of scenarios or of their steps; empty = the named set
 * @throws VipisoError usage for an unknown one
 */
export function chooseScenarios(
  set: 'quick' | 'full',
  ids: readonly string[],
): readonly Scenario[] {
  const unknown = ids.filter((id) => !SCENARIOS.some((scenario) => isNamed(scenario, id)));
  if (unknown.length > 0) {
    throw new VipisoError('usage', `there is no fault ${unknown.join(', ')}`, {
      hint: `The faults are: ${SCENARIOS.map(({ id }) => id).join(', ')}`,
    });
  }
  return SCENARIOS.filter((scenario) =>
    ids.length > 0
      ? ids.some((id) => isNamed(scenario, id))
      : set === 'full' || scenario.set === 'quick',
  );
}

function isNamed({ id, steps }: Scenario, name: string): boolean {
  return id === name || steps.some((faultStep) => faultStep.id === name);
}
