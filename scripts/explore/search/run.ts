import { fire } from '../machine/events.ts';
import { inflict, startKeepalived } from '../machine/faults.ts';
import type { Fault } from '../machine/faults.ts';
import { isRunning } from '../machine/rules.ts';
import { copyState, initialState } from '../machine/state.ts';
import type { State, Timer } from '../machine/state.ts';
import { tuneTimers } from '../machine/timers.ts';
import type { Phase } from '../machine/timers.ts';
import type { ExploreSettings } from '../settings.ts';
import { conditionsOf } from './conditions.ts';
import type { Condition } from './conditions.ts';

/** More events without a fault than any sound configuration has: it does not come to rest. */
const MOST_EVENTS = 200;

/** How long conditions lasted in a run, at the longest and without a break; Infinity where they stay. */
export type Lasting = Readonly<Record<Condition, number>>;

/** Watches a run. Times are milliseconds since the fault. */
export interface Watcher {
  /** Something happened to a node. */
  readonly tell?: (at: number, node: number, text: string) => void;
  /**
   * A state between two moments in which something happens, and the one at rest (`at` undefined). It changes when the
   * watcher returns: copy what is to be kept.
   */
  readonly visit?: (state: State, at: number | undefined) => void;
}

/** From power-on until the group is at rest. */
export function startUp(settings: ExploreSettings, watcher: Watcher = {}): Lasting {
  const state = initialState(settings);
  settings.nodes.forEach((_, index) => startKeepalived(settings, state, index));
  return letRun(settings, state, 'late', watcher);
}

/** One fault, and what comes of it until the group is at rest. */
export function runFault(
  settings: ExploreSettings,
  from: State,
  { fault, phase }: { readonly fault: Fault; readonly phase: Phase },
  watcher: Watcher = {},
): Lasting {
  const state = copyState(from);
  const tell = (node: number, text: string): void => watcher.tell?.(0, node, text);
  inflict(settings, state, fault, { phase, tell });
  return letRun(settings, state, phase, watcher);
}

function letRun(
  settings: ExploreSettings,
  state: State,
  phase: Phase,
  { tell, visit }: Watcher,
): Lasting {
  const clock = new Clock(settings);
  let at = 0;
  const tellNow = (node: number, text: string): void => tell?.(at, node, text);
  tuneTimers(settings, state, phase);
  clock.see(state, at);
  for (let events = 0; events < MOST_EVENTS; events++) {
    const next = nextTimer(state);
    if (next === undefined) break;
    // What happens at one instant is one moment.
    if (next.left > 0) visit?.(state, at);
    at += next.left;
    pass(state, next);
    fire(settings, state, next, tellNow);
    tuneTimers(settings, state, phase);
    clock.see(state, at);
  }
  visit?.(state, undefined);
  return clock.end();
}

/** The timer that runs out first, of those whose node is not paused. */
function nextTimer({ timers, nodes }: State): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) {
    const node = nodes[timer.node];
    if (node === undefined || !isRunning(node)) continue;
    if (first === undefined || timer.left < first.left) first = timer;
  }
  return first;
}

function pass(state: State, fired: Timer): void {
  const { left } = fired;
  state.timers = state.timers.filter((timer) => timer !== fired);
  for (const timer of state.timers) {
    const node = state.nodes[timer.node];
    if (node !== undefined && isRunning(node)) timer.left -= left;
  }
}

/** Measures how long conditions last. */
class Clock {
  readonly #settings: ExploreSettings;
  readonly #since = new Map<Condition, number>();
  readonly #longest: Record<Condition, number> = {
    'no-holder': 0,
    'useless-holder': 0,
    'two-holders': 0,
    'not-announced': 0,
    'false-alarm': 0,
  };

  constructor(settings: ExploreSettings) {
    this.#settings = settings;
  }

  see(state: State, at: number): void {
    const found = conditionsOf(this.#settings, state);
    for (const [condition, since] of this.#since) {
      this.#longest[condition] = Math.max(this.#longest[condition], at - since);
      if (!found.includes(condition)) this.#since.delete(condition);
    }
    for (const condition of found) if (!this.#since.has(condition)) this.#since.set(condition, at);
  }

  end(): Lasting {
    for (const condition of this.#since.keys()) this.#longest[condition] = Infinity;
    return this.#longest;
  }
}
