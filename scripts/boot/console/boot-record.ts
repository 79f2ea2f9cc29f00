import { readConsoleLine } from './events.ts';
import type { BootProblemCode, BootStage, ConsoleEvent } from './events.ts';

/** Something that went wrong, in the console's words. Times are milliseconds since power-on. */
export interface BootProblem {
  readonly code: BootProblemCode;
  readonly line: string;
  readonly atMs: number;
}

export interface ServiceRecord {
  readonly state: 'starting' | 'started' | 'failed';
  /** When its start began: with the end of whatever OpenRC did before. */
  readonly sinceMs: number;
  readonly atMs: number;
  /** What the console said between its start and its failure: the daemon's own complaint, or its script's. */
  readonly lastWords?: readonly string[];
}

const MOST_WORDS = 8;
const STARTING = /^Starting (.+)$/;
const FAILED_SERVICE = /^ \* ERROR: (\S+) failed to start/;

/** What the console has told of one boot so far. */
export class BootRecord {
  readonly #stages = new Map<BootStage, number>();
  readonly #services = new Map<string, ServiceRecord>();
  readonly #problems: BootProblem[] = [];
  #step = '';
  #stepSince = 0;
  #lastLine = 0;
  #wordsSinceStep: string[] = [];

  read(line: string, atMs: number): void {
    const events = readConsoleLine(line);
    this.#listen(line, events);
    for (const event of events) {
      switch (event.kind) {
        case 'stage':
          if (!this.#stages.has(event.stage)) this.#stages.set(event.stage, atMs);
          break;
        case 'problem':
          this.#problems.push({ code: event.code, line, atMs });
          if (event.code === 'service-failed') this.#noteFailed(line, atMs);
          break;
        case 'step':
          this.#step = event.step;
          // A step and its result make one line, which is complete when the step is over.
          this.#stepSince = this.#lastLine;
          this.#note('starting', atMs);
          break;
        case 'step-ended':
          this.#note(event.ok ? 'started' : 'failed', atMs);
          if (!event.ok)
            this.#problems.push({ code: 'service-step-failed', line: this.#step, atMs });
          break;
      }
    }
    this.#lastLine = atMs;
  }

  /** When each stage was first reached, in the order in which they were. */
  get stages(): ReadonlyMap<BootStage, number> {
    return this.#stages;
  }

  /** By the name in OpenRC's ` * Starting <name> ...`. */
  get services(): ReadonlyMap<string, ServiceRecord> {
    return this.#services;
  }

  get problems(): readonly BootProblem[] {
    return this.#problems;
  }

  #note(state: ServiceRecord['state'], atMs: number): void {
    const service = STARTING.exec(this.#step)?.[1];
    const sinceMs = this.#stepSince;
    if (service !== undefined) this.#services.set(service, { state, sinceMs, atMs });
  }

  /** Keeps what follows on the start of a service and is neither a step nor its end. */
  #listen(line: string, events: readonly ConsoleEvent[]): void {
    if (events.some(({ kind }) => kind === 'step')) this.#wordsSinceStep = [];
    if (events.length > 0) return;
    const words = line.replace(/^ \* +/, '').trim();
    if (words !== '') this.#wordsSinceStep = [...this.#wordsSinceStep, words].slice(-MOST_WORDS);
  }

  /** A script may take back what the daemon's start seemed to be: `[ ok ]` comes before its own check. */
  #noteFailed(line: string, atMs: number): void {
    const name = FAILED_SERVICE.exec(line)?.[1];
    if (name === undefined) return;
    const isLast = STARTING.exec(this.#step)?.[1] === name;
    const lastWords = isLast ? this.#wordsSinceStep : [];
    const sinceMs = this.#services.get(name)?.sinceMs ?? atMs;
    const words = lastWords.length > 0 ? { lastWords } : {};
    this.#services.set(name, { state: 'failed', sinceMs, atMs, ...words });
  }
}
