import { isRunning, checkFinds, reaches, skewMs } from '../machine/rules.ts';
import type { NodeState, State } from '../machine/state.ts';
import type { ExploreSettings } from '../settings.ts';

/** What must not last: closed, so that machines can act on it. */
export const CONDITIONS = [
  /** Nobody holds the VIP, though a node could serve. */
  'no-holder',
  /** Only nodes hold it whose haproxy is dead or hung, though one that could serve hears them. */
  'useless-holder',
  /** Two nodes hold it that hear each other, as far as the network goes. */
  'two-holders',
  /** One node holds it, and the LAN sends to another place. */
  'not-announced',
  /** The check counts an haproxy as dead that serves. */
  'false-alarm',
] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Which of them a state is in. */
export function conditionsOf(settings: ExploreSettings, state: State): readonly Condition[] {
  const found: Condition[] = [];
  const { nodes } = state;
  const masters = indicesOf(nodes, (node) => isRunning(node) && node.vrrp === 'MASTER');
  const able = indicesOf(nodes, (node) => couldServe(settings, node));
  if (masters.length === 0 && able.length > 0) found.push('no-holder');
  if (masters.length > 0 && isUseless(settings, state, masters, able)) found.push('useless-holder');
  if (
    masters.some((one) => masters.some((other) => one < other && hearEachOther(state, one, other)))
  )
    found.push('two-holders');
  const [holder] = masters;
  if (masters.length === 1 && holder !== undefined && state.believed !== holder) {
    const node = nodes[holder];
    if (node !== undefined && node.out && node.in) found.push('not-announced');
  }
  if (nodes.some((node) => isRunning(node) && serves(node) && !checkFinds(settings, node)))
    found.push('false-alarm');
  return found;
}

/**
 * Milliseconds that each may last after the last fault. What moves the VIP may take the time of the slowest check, of three
 * adverts and the longest skew; two MASTERs hear each other within an advert_int.
 */
export function limitsOf(settings: ExploreSettings, start: State): Record<Condition, number> {
  const { advertMs, check, scripts, refreshMs, secondRoundMs, nodes } = settings;
  const noticed = [check, ...scripts].map(
    ({ intervalMs, timeoutMs, fall, rise }) => intervalMs * Math.max(fall, rise) + timeoutMs,
  );
  // A node without its weights waits a little longer.
  const skew = Math.max(...nodes.map((_, index) => skewMs(settings, withoutWeights(start), index)));
  const moved = Math.max(...noticed) + 3 * advertMs + 2 * skew;
  return {
    'no-holder': moved,
    'useless-holder': moved,
    'two-holders': 2 * advertMs,
    'not-announced': moved + Math.max(refreshMs ?? 0, secondRoundMs),
    'false-alarm': Math.max(...noticed),
  };
}

function withoutWeights(state: State): State {
  const nodes = state.nodes.map((node) => ({
    ...node,
    checkGood: false,
    scriptsGood: node.scriptsGood.map(() => false),
  }));
  return { ...state, nodes };
}

function indicesOf(
  nodes: readonly NodeState[],
  holds: (node: NodeState) => boolean,
): readonly number[] {
  // Asked for every state: a loop takes a tenth of what flatMap does.
  const found: number[] = [];
  for (const [index, node] of nodes.entries()) if (holds(node)) found.push(index);
  return found;
}

function serves({ haproxy }: NodeState): boolean {
  return haproxy === 'well' || haproxy === 'full';
}

/** It runs, the LAN reaches it, haproxy serves, and no script of its own, of weight 0, keeps it out. */
function couldServe(settings: ExploreSettings, node: NodeState): boolean {
  if (!isRunning(node) || !node.out || !node.in || !serves(node)) return false;
  return !settings.scripts.some(
    ({ scope, weight }, script) =>
      scope === 'node' && weight === 0 && node.scripts[script] === false,
  );
}

/**
 * A node whose own cable loses frames is out of the question: no check of haproxy sees that, and others hear a MASTER that
 * they believe.
 */
function isUseless(
  settings: ExploreSettings,
  state: State,
  masters: readonly number[],
  able: readonly number[],
): boolean {
  return masters.every((master) => {
    const node = state.nodes[master];
    if (node === undefined || serves(node) || checkFinds(settings, node)) return false;
    return able.some((other) => other !== master && hearEachOther(state, master, other));
  });
}

function hearEachOther(state: State, one: number, other: number): boolean {
  return reaches(state, one, other) && reaches(state, other, one);
}
