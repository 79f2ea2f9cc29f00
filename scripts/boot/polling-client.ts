import { setTimeout as pause } from 'node:timers/promises';
import { VipisoError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import type { Lan } from './lan/lan.ts';
import type { Outcome, Target } from './lan/protocol.ts';

const POLL_EVERY_MS = 100;

/** A client that keeps asking for as long as it is there, and remembers every answer. */
export class Client {
  readonly #host: Host;
  readonly #lan: Lan;
  readonly #name: string;
  readonly #outcomes: Outcome[] = [];

  private constructor(host: Host, lan: Lan, name: string) {
    this.#host = host;
    this.#lan = lan;
    this.#name = name;
  }

  /** @param everyMs pace of the questions: the exactness of every outage that is measured */
  static async start(
    host: Host,
    lan: Lan,
    about: { readonly name: string; readonly target: Target; readonly everyMs: number },
  ): Promise<Client> {
    await lan.poll(about.name, about.target, about.everyMs);
    return new Client(host, lan, about.name);
  }

  /** All so far, in the order of asking. */
  get outcomes(): readonly Outcome[] {
    return this.#outcomes;
  }

  /**
   * Waits until what was asked since `since` (milliseconds since the epoch) looks as wanted.
   *
   * @throws VipisoError proof-failed when it does not in time; interrupted
   */
  async until(
    wanted: (outcomes: readonly Outcome[]) => boolean,
    about: { readonly what: string; readonly since: number; readonly deadlineMs: number },
  ): Promise<readonly Outcome[]> {
    const end = this.#host.now() + about.deadlineMs;
    for (;;) {
      await this.#take('go-on');
      const seen = this.#outcomes.filter(({ at }) => at >= about.since);
      if (wanted(seen)) return seen;
      if (this.#host.signal.aborted)
        throw new VipisoError('interrupted', `interrupted while waiting: ${about.what}`);
      if (this.#host.now() > end) throw notInTime(about, seen);
      await pause(POLL_EVERY_MS);
    }
  }

  async end(): Promise<readonly Outcome[]> {
    await this.#take('end');
    return this.#outcomes;
  }

  async #take(then: 'go-on' | 'end'): Promise<void> {
    this.#outcomes.push(...(await this.#lan.polled(this.#name, then)));
    this.#outcomes.sort((a, b) => a.at - b.at);
  }
}

function notInTime(
  about: { readonly what: string; readonly deadlineMs: number },
  seen: readonly Outcome[],
): VipisoError {
  const last = seen.slice(-5).map(describeOutcome);
  return new VipisoError(
    'proof-failed',
    `timed out after ${about.deadlineMs / 1000} s waiting for: ${about.what}`,
    { details: ['The last requests:', ...last] },
  );
}

/** One line for people: `200 from k8s-1 via 192.168.9.137 in 12 ms`. */
export function describeOutcome({ result, latencyMs }: Outcome): string {
  const time = `${Math.round(latencyMs)} ms`;
  return result.kind === 'answered'
    ? `${result.status} from ${result.server} via ${result.via} in ${time}`
    : `failed after ${time}: ${result.reason}`;
}

/** Whether the last so many requests were all answered, and all via one proxy. */
export function isSteady(outcomes: readonly Outcome[], proxy: string, count: number): boolean {
  const last = outcomes.slice(-count);
  return (
    last.length === count &&
    last.every(({ result }) => result.kind === 'answered' && result.via === proxy)
  );
}
