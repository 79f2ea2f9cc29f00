import { setTimeout as pause } from 'node:timers/promises';
import type { Lan } from '../../boot/lan/lan.ts';
import type { Entrance } from '../../boot/lan/plan.ts';
import type { Outcome, Sighting } from '../../boot/lan/protocol.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { hostAddresses } from './cast.ts';

const LOOK_EVERY_MS = 100;
/** The exactness of every loss that is measured. */
const FAST_MS = 10;
/** For the further entrances: whether they answer at all. */
const SLOW_MS = 250;
/** Below a second, so that no request outlives an outage by TCP's own repetition. */
const REQUEST_TIMEOUT_MS = 900;

/** One client and all that it saw, in the order of asking. */
export interface Seat {
  /** `192.168.9.139:6443`. */
  readonly target: string;
  /** Asks often enough for its losses to be measured. */
  readonly fast: boolean;
  readonly outcomes: Outcome[];
}

/**
 * Looks on during a whole trial: clients at every entrance, and every frame that tells who owns an address. Times are
 * milliseconds since the epoch.
 */
export class Observer {
  readonly seats: readonly Seat[];
  readonly sightings: Sighting[] = [];
  readonly #host: Host;
  readonly #lan: Lan;

  private constructor(host: Host, lan: Lan) {
    this.#host = host;
    this.#lan = lan;
    const [first] = lan.plan.entrances;
    this.seats = lan.plan.entrances.map((entrance) => ({
      target: targetText(entrance),
      fast: entrance.service === first?.service,
      outcomes: [],
    }));
  }

  static async start(host: Host, lan: Lan): Promise<Observer> {
    const observer = new Observer(host, lan);
    lan.watch((sighting) => observer.sightings.push(sighting));
    for (const [index, { address, port }] of lan.plan.entrances.entries()) {
      const seat = observer.seats[index];
      if (seat === undefined) continue;
      // Without TLS: haproxy passes bytes on as they are, and handshakes would cost us the processor.
      const target = { scheme: 'http', address, port, timeoutMs: REQUEST_TIMEOUT_MS } as const;
      await lan.poll(seat.target, target, seat.fast ? FAST_MS : SLOW_MS);
    }
    return observer;
  }

  /** Waits until it is so, or the time is over. @throws VipisoError interrupted */
  async until(holds: () => boolean, deadlineMs: number): Promise<boolean> {
    const end = this.#host.now() + deadlineMs;
    for (;;) {
      await this.#pull('go-on');
      if (holds()) return true;
      if (this.#host.signal.aborted)
        throw new VipisoError('interrupted', 'interrupted in the middle of a proof');
      if (this.#host.now() > end) return false;
      await pause(LOOK_EVERY_MS);
    }
  }

  async lookOn(milliseconds: number): Promise<void> {
    await this.until(() => false, milliseconds);
  }

  /** The node by way of which the last answers came, if it is but one. */
  holder({ nodes }: ClusterModel, count: number): NodeModel | undefined {
    return nodes.find((node) => this.isSteady(node, count));
  }

  /** Whether the last so many requests of every client were answered by way of this node. */
  isSteady(node: NodeModel, count: number): boolean {
    const addresses = hostAddresses(node);
    return this.seats.every(({ outcomes, fast }) => {
      const last = outcomes.slice(-enough(fast, count));
      return (
        last.length === enough(fast, count) &&
        last.every(({ result }) => result.kind === 'answered' && addresses.includes(result.via))
      );
    });
  }

  isSilent(count: number): boolean {
    return this.seats.every(({ outcomes, fast }) => {
      const last = outcomes.slice(-enough(fast, count));
      return (
        last.length === enough(fast, count) && last.every(({ result }) => result.kind === 'failed')
      );
    });
  }

  /** API servers that answered the last so many requests of the first service. */
  serversIn(count: number, since: number): ReadonlySet<string> {
    const last = this.seats
      .filter(({ fast }) => fast)
      .flatMap(({ outcomes }) => outcomes.slice(-count).filter(({ at }) => at >= since));
    return new Set(
      last.flatMap(({ result }) => (result.kind === 'answered' ? [result.server] : [])),
    );
  }

  async end(): Promise<void> {
    await this.#pull('end');
  }

  async #pull(then: 'go-on' | 'end'): Promise<void> {
    for (const { target, outcomes } of this.seats) {
      const fresh = await this.#lan.polled(target, then);
      const [first] = fresh;
      outcomes.push(...fresh);
      // An answer that took long comes after those that were asked later.
      const last = outcomes.at(-fresh.length - 1);
      if (first !== undefined && last !== undefined && first.at < last.at)
        outcomes.sort((a, b) => a.at - b.at);
    }
  }
}

function enough(fast: boolean, count: number): number {
  return fast ? count : Math.max(1, Math.round((count * FAST_MS) / SLOW_MS));
}

function targetText({ address, port }: Entrance): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
