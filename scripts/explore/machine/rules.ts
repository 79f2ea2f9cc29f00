import type { ExploreSettings } from '../settings.ts';
import type { NodeState, State } from './state.ts';

const HIGHEST = 254;

/** Whether the node runs and can act: neither off nor paused. */
export function isRunning({ power }: NodeState): boolean {
  return power === 'on';
}

/** Whether frames of one node reach another: both run, both cables and what is between them are well. */
export function reaches({ nodes, passes }: State, from: number, to: number): boolean {
  const [sender, hearer] = [nodes[from], nodes[to]];
  if (sender === undefined || hearer === undefined) return false;
  const runs = isRunning(sender) && isRunning(hearer);
  return runs && sender.out && hearer.in && passes[from]?.[to] === true;
}

/** ... and are not dropped for another virtual_router_id, version or password. */
export function hears(
  settings: ExploreSettings,
  state: State,
  hearer: number,
  sender: number,
): boolean {
  const deaf = settings.deaf.some(([from, to]) => from === sender && to === hearer);
  return !deaf && reaches(state, sender, hearer);
}

/** What the check would find: a full haproxy is a dead one for a check by way of the service's own frontend. */
export function checkFinds({ check: { asks } }: ExploreSettings, { haproxy }: NodeState): boolean {
  if (haproxy === 'dead') return false;
  if (haproxy === 'hung') return asks === 'process';
  return haproxy === 'well' || asks !== 'frontend';
}

/** What a script would find on a node. */
export function scriptFinds(
  { scripts }: ExploreSettings,
  { nodes, lanScripts }: State,
  index: number,
  script: number,
): boolean {
  const node = nodes[index];
  if (scripts[script]?.scope !== 'lan') return node?.scripts[script] === true;
  return lanScripts[script] === true && node?.out === true && node.in;
}

/** keepalived adds a positive weight while a check succeeds, a negative one while it fails. */
export function priorityOf(
  { nodes, check, scripts }: ExploreSettings,
  state: State,
  index: number,
): number {
  const node = state.nodes[index];
  if (node === undefined) return 0;
  let priority = nodes[index]?.priority ?? 0;
  priority += shareOf(check.weight, node.checkGood);
  scripts.forEach(({ weight }, script) => {
    priority += shareOf(weight, node.scriptsGood[script] === true);
  });
  return Math.max(1, Math.min(HIGHEST, priority));
}

function shareOf(weight: number, good: boolean): number {
  return weight > 0 === good ? weight : 0;
}

/** A failure of weight 0, and the end of a tracked process, take the node out of the running. */
export function inFault({ check, scripts }: ExploreSettings, node: NodeState): boolean {
  if (check.trackProcess && !node.processGood) return true;
  if (check.weight === 0 && !node.checkGood) return true;
  return scripts.some(({ weight }, script) => weight === 0 && node.scriptsGood[script] === false);
}

/** Whether `one` is the better MASTER: by priority, then by address. */
export function beats(
  settings: ExploreSettings,
  state: State,
  one: number,
  other: number,
): boolean {
  const difference = priorityOf(settings, state, one) - priorityOf(settings, state, other);
  if (difference !== 0) return difference > 0;
  return (settings.nodes[one]?.addressRank ?? 0) > (settings.nodes[other]?.addressRank ?? 0);
}

/** Milliseconds: (256 - priority) / 256 of a second in VRRP 2, of an advert_int in VRRP 3. */
export function skewMs(settings: ExploreSettings, state: State, index: number): number {
  const unit = settings.version === 2 ? 1000 : settings.advertMs;
  return Math.round(((256 - priorityOf(settings, state, index)) * unit) / 256);
}
