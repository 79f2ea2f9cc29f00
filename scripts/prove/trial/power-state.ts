import type { FaultAction } from '../scenarios/model.ts';
import { nameOf } from './describe-action.ts';
import type { AssignedAction } from './node-roles.ts';

/** After these a machine is off. */
const SWITCHES_OFF: ReadonlySet<FaultAction['do']> = new Set([
  'cut-power',
  'shut-down',
  'press-power-button',
]);

/** Keeps the host names of the nodes that are switched off true to an action. */
export function trackPowerState(off: Set<string>, action: AssignedAction): void {
  if (SWITCHES_OFF.has(action.do)) off.add(nameOf(action));
  if (action.do === 'power-on') off.delete(nameOf(action));
}
