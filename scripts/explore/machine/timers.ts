import type { ExploreSettings } from '../settings.ts';
import { isRunning, beats, checkFinds, hears, priorityOf, scriptFinds, skewMs } from './rules.ts';
import type { State, Timer, TimerKind } from './state.ts';

/**
 * Where a fault falls between two adverts or two checks: just before the next one (`early`: what counts from the last one
 * is nearly over) or just after it (`late`). Of two MASTERs the better one speaks first, or the other one.
 */
export type Phase = 'early' | 'late';

/** Starts the timers that a state asks for and that do not run, and ends those that it has no use for. */
export function tuneTimers(settings: ExploreSettings, state: State, phase: Phase): void {
  const wanted = new Wanted(state);
  state.nodes.forEach((node, index) => {
    if (node.power === 'paused' && state.believed !== index) wanted.keep('round', index);
    if (!isRunning(node)) return;
    tuneChecks(settings, state, index, phase, wanted);
    if (node.vrrp === 'BACKUP') tuneBackup(settings, state, index, phase, wanted);
    if (node.vrrp === 'MASTER') tuneMaster(settings, state, index, phase, wanted);
  });
  state.timers = wanted.timers;
}

/** The timers of a state as they will be: one that runs goes on. */
class Wanted {
  readonly timers: Timer[] = [];
  readonly #running: readonly Timer[];

  constructor({ timers }: State) {
    this.#running = timers;
  }

  want(kind: TimerKind, node: number, other: number, milliseconds: () => number): void {
    const running = this.find(kind, node, other);
    this.timers.push(running ?? { kind, node, other, left: milliseconds() });
  }

  keep(kind: TimerKind, node: number): void {
    const running = this.find(kind, node, -1);
    if (running !== undefined) this.timers.push(running);
  }

  find(kind: TimerKind, node: number, other: number): Timer | undefined {
    return this.#running.find(
      (timer) => timer.kind === kind && timer.node === node && timer.other === other,
    );
  }
}

function tuneChecks(
  settings: ExploreSettings,
  state: State,
  index: number,
  phase: Phase,
  wanted: Wanted,
): void {
  const node = state.nodes[index];
  if (node === undefined) return;
  const { check, scripts } = settings;
  const finds = checkFinds(settings, node);
  if (finds !== node.checkGood) {
    const waits = node.haproxy === 'hung' || node.haproxy === 'full';
    wanted.want('check', index, -1, () => verdictMs(check, finds, waits, phase));
  }
  scripts.forEach((script, which) => {
    const found = scriptFinds(settings, state, index, which);
    if (found === node.scriptsGood[which]) return;
    wanted.want('script', index, which, () => verdictMs(script, found, true, phase));
  });
}

/** From a change until so many results in a row have told of it. */
function verdictMs(
  about: {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly fall: number;
    readonly rise: number;
  },
  good: boolean,
  waits: boolean,
  phase: Phase,
): number {
  const results = good ? about.rise : about.fall;
  const checks = phase === 'early' ? results - 1 : results;
  return about.intervalMs * checks + (waits && !good ? about.timeoutMs : 0);
}

function tuneBackup(
  settings: ExploreSettings,
  state: State,
  index: number,
  phase: Phase,
  wanted: Wanted,
): void {
  const masters: number[] = [];
  for (const [other, { vrrp }] of state.nodes.entries())
    if (other !== index && vrrp === 'MASTER' && hears(settings, state, index, other))
      masters.push(other);
  if (masters.some((other) => accepts(settings, state, index, other))) {
    // The first advert after a pause may come too late: the timer has run out meanwhile.
    const over = wanted.find('down', index, -1);
    if (over?.left === 0) wanted.timers.push(over);
    return;
  }
  const { advertMs, preemptDelayMs } = settings;
  const adverts = phase === 'early' ? 2 : 3;
  const silence = (): number => adverts * advertMs + skewMs(settings, state, index);
  if (masters.length > 0 && preemptDelayMs > 0)
    wanted.want('preempt', index, -1, () => preemptDelayMs + silence());
  else wanted.want('down', index, -1, silence);
}

/** Whether a BACKUP takes the adverts of a MASTER for good: keepalived ignores those of lesser ones where it preempts. */
function accepts(settings: ExploreSettings, state: State, index: number, master: number): boolean {
  if (!settings.preempt) return true;
  return priorityOf(settings, state, master) >= priorityOf(settings, state, index);
}

function tuneMaster(
  settings: ExploreSettings,
  state: State,
  index: number,
  phase: Phase,
  wanted: Wanted,
): void {
  state.nodes.forEach(({ vrrp }, other) => {
    if (other === index || vrrp !== 'MASTER' || !hears(settings, state, other, index)) return;
    if (!matters(settings, state, index, other)) return;
    const first =
      phase === 'early'
        ? beats(settings, state, index, other)
        : isAnswered(settings, state, index, other);
    wanted.want('advert', index, other, () => (first ? 0 : settings.advertMs));
  });
  // A further announcement changes nothing where the LAN believes the node already.
  if (state.believed === index) return;
  wanted.keep('round', index);
  const { refreshMs } = settings;
  if (refreshMs !== undefined && state.nodes[index]?.out === true)
    wanted.want('refresh', index, -1, () => refreshMs);
}

/** Whether an advert from one MASTER to another changes anything. */
function matters(settings: ExploreSettings, state: State, sender: number, hearer: number): boolean {
  if (beats(settings, state, sender, hearer) || isAnswered(settings, state, sender, hearer))
    return true;
  const node = state.nodes[hearer];
  return settings.winnerAnnounces && state.believed !== hearer && node?.out === true;
}

/** Whether a lesser MASTER hears what the better one has to say to its advert. */
function isAnswered(
  settings: ExploreSettings,
  state: State,
  sender: number,
  hearer: number,
): boolean {
  return !beats(settings, state, sender, hearer) && hears(settings, state, sender, hearer);
}
