import { readConsoleLine } from './events.ts';
import type { BootProblemCode, BootStage } from './events.ts';

/** Something that went wrong, in the console's words. Times are milliseconds since power-on. */
export interface BootProblem {
  readonly code: BootProblemCode;
  readonly line: string;
  readonly atMs: number;
}

export interface ServiceRecord {
  readonly state: 'starting' | 'started' | 'failed';
  readonly atMs: number;
}

/** What the console has told of one boot so far. */
export class BootRecord {
  readonly #stages = new Map<BootStage, number>();
  readonly #services = new Map<string, ServiceRecord>();
  readonly #problems: BootProblem[] = [];
  #step = '';

  read(line: string, atMs: number): void {
    for (const event of readConsoleLine(line)) {
      switch (event.kind) {
        case 'stage':
          if (!this.#stages.has(event.stage)) this.#stages.set(event.stage, atMs);
          break;
        case 'problem':
          this.#problems.push({ code: event.code, line, atMs });
          break;
        case 'step':
          this.#step = event.step;
          this.#note('starting', atMs);
          break;
        case 'step-ended':
          this.#note(event.ok ? 'started' : 'failed', atMs);
          if (!event.ok)
            this.#problems.push({ code: 'service-step-failed', line: this.#step, atMs });
          break;
      }
    }
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
    const service = /^Starting (.+)$/.exec(this.#step)?.[1];
    if (service !== undefined) this.#services.set(service, { state, atMs });
  }
}
