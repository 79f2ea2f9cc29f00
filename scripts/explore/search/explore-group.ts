import { faultsIn } from '../machine/faults.ts';
import type { Fault } from '../machine/faults.ts';
import { copyState, initialState, keyOf } from '../machine/state.ts';
import type { State } from '../machine/state.ts';
import type { Phase } from '../machine/timers.ts';
import type { ExploreSettings } from '../settings.ts';
import { CONDITIONS, limitsOf } from './conditions.ts';
import type { Condition } from './conditions.ts';
import { runFault, startUp } from './run.ts';
import type { Lasting } from './run.ts';

const PHASES: readonly Phase[] = ['early', 'late'];

/** A fault of a trace: when it comes, and where it falls between two adverts or checks. */
export interface TraceFault {
  readonly fault: Fault;
  readonly phase: Phase;
  /** It comes in so many milliseconds after the one before; undefined = when all is at rest. */
  readonly afterMs: number | undefined;
}

export interface GroupFinding {
  readonly condition: Condition;
  /** Milliseconds; Infinity: it stays. */
  readonly lastsMs: number;
  readonly allowedMs: number;
  /** As few faults as lead to it; empty where it is so from the start. */
  readonly trace: readonly TraceFault[];
}

export interface GroupExploration {
  readonly group: string;
  /** Different states, those between two events included. */
  readonly states: number;
  readonly findings: readonly GroupFinding[];
}

/** How a state was reached. */
interface Reached {
  readonly state: State;
  readonly before: Reached | undefined;
  readonly step: Omit<TraceFault, 'afterMs'> | undefined;
  /** Milliseconds after the step, or undefined at rest. */
  readonly atMs: number | undefined;
}

/**
 * All orders of so many faults and repairs, breadth first: each one comes when all is at rest, or between any two events
 * of what the one before it has started. The first finding of each condition has one of the shortest traces.
 */
export function exploreGroup(settings: ExploreSettings, depth: number): GroupExploration {
  const search = new Search(settings);
  for (let level = 1; level <= depth; level++) search.deepen(level < depth);
  return search.result();
}

class Search {
  readonly #settings: ExploreSettings;
  readonly #known = new Set<string>();
  readonly #findings = new Map<Condition, GroupFinding>();
  readonly #limits: Readonly<Record<Condition, number>>;
  #frontier: Reached[] = [];

  constructor(settings: ExploreSettings) {
    this.#settings = settings;
    this.#limits = limitsOf(settings, initialState(settings));
    const lasting = startUp(settings, {
      visit: (state, atMs) => {
        if (atMs === undefined) this.#keep(state, { before: undefined, step: undefined, atMs });
      },
    });
    this.#judge(lasting, () => []);
  }

  /** One fault more, after every state of the level before. */
  deepen(goesOn: boolean): void {
    const before = this.#frontier;
    this.#frontier = [];
    for (const reached of before)
      for (const fault of faultsIn(this.#settings, reached.state))
        for (const phase of PHASES) this.#try(reached, { fault, phase }, goesOn);
  }

  result(): GroupExploration {
    return {
      group: this.#settings.name,
      states: this.#known.size,
      findings: CONDITIONS.flatMap((condition) => this.#findings.get(condition) ?? []),
    };
  }

  #try(before: Reached, step: NonNullable<Reached['step']>, goesOn: boolean): void {
    const lasting = runFault(this.#settings, before.state, step, {
      visit: (state, atMs) => {
        if (goesOn) this.#keep(state, { before, step, atMs });
        else this.#known.add(keyOf(state));
      },
    });
    this.#judge(lasting, () => traceTo({ before, step }));
  }

  #keep(state: State, how: Omit<Reached, 'state'>): void {
    const key = keyOf(state);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#frontier.push({ ...how, state: copyState(state) });
  }

  #judge(lasting: Lasting, trace: () => readonly TraceFault[]): void {
    for (const condition of CONDITIONS) {
      const [lastsMs, allowedMs] = [lasting[condition], this.#limits[condition]];
      if (lastsMs <= allowedMs || this.#findings.has(condition)) continue;
      this.#findings.set(condition, { condition, lastsMs, allowedMs, trace: trace() });
    }
  }
}

/** The faults up to the last one, each with when it comes after the one before. */
function traceTo(last: Pick<Reached, 'before' | 'step'>): readonly TraceFault[] {
  const steps: TraceFault[] = [];
  let { before, step } = last;
  while (step !== undefined) {
    steps.unshift({ ...step, afterMs: before?.atMs });
    ({ before, step } = before ?? { before: undefined, step: undefined });
  }
  return steps;
}
