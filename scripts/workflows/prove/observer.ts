import { setTimeout as pause } from 'node:timers/promises';
import type { Lan } from '../../boot/lan/lan.ts';
import type { Outcome, Sighting } from '../../boot/lan/protocol.ts';
import type { Accelerator } from '../../boot/qemu/accelerator.ts';
import { joinHostPort } from '../../cluster/address.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { hostAddresses } from './cast.ts';

const LOOK_EVERY_MS = 100;
/**
 * Milliseconds between requests: the exactness of every loss that is measured. The first is for starting. An emulated
 * node that takes the VIP over runs code that it has never translated: more requests than these would pile up, and
 * the pile would be measured.
 */
const PACES_MS: Readonly<Record<Accelerator['kind'], readonly [number, ...number[]]>> = {
  kvm: [50, 20, 10],
  tcg: [50, 20],
};
/** For the further entrances: whether they answer at all. */
const SLOW_MS = 250;
/** How long a pace is tried, and when a pair bears it: nine of ten answers come so fast, and no request fails. */
const TRY_MS = 3000;
const BEARABLE_MS = 60;
const WARM_UP_MS = 5000;
const WARM_UP_PACE_MS = 40;
/** Below a second, so that no request outlives an outage by TCP's own repetition. */
const REQUEST_TIMEOUT_MS = 900;

/** One client and all that it saw, in the order of asking. */
export interface Seat {
  /** `192.168.9.139:6443`. */
  readonly target: string;
  /** Name of the VRRP group that has the address. */
  readonly group: string;
  /** Of the first service of the cluster file. */
  readonly first: boolean;
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
  /** Called at every look, several times a second. */
  onLook: () => void = () => undefined;
  readonly #host: Host;
  readonly #lan: Lan;
  #paceMs = PACES_MS.tcg[0];

  private constructor(host: Host, lan: Lan) {
    this.#host = host;
    this.#lan = lan;
    const [first] = lan.plan.entrances;
    const { entrances } = lan.plan;
    this.seats = entrances.map(({ address, port, service, group }) => ({
      target: joinHostPort(address, port),
      group,
      first: service === first?.service,
      // The first service of each group.
      fast: service === entrances.find((it) => it.group === group)?.service,
      outcomes: [],
    }));
  }

  static async start(host: Host, lan: Lan): Promise<Observer> {
    const observer = new Observer(host, lan);
    lan.watch((sighting) => observer.sightings.push(sighting));
    await observer.#ask(() => true);
    return observer;
  }

  /** Milliseconds between the requests of the clients whose losses are measured. */
  get paceMs(): number {
    return this.#paceMs;
  }

  /**
   * Asks as often as the pair and this machine bear: more would measure their exhaustion. To be called while all is
   * well.
   */
  async quicken(accelerator: Accelerator['kind']): Promise<void> {
    for (const pace of PACES_MS[accelerator].slice(1)) {
      const before = this.#paceMs;
      await this.#changePace(pace);
      const since = this.#host.now();
      await this.lookOn(TRY_MS);
      if (this.#bearsSince(since)) continue;
      await this.#changePace(before);
      await this.until(() => this.#bearsSince(this.#host.now() - TRY_MS), 10 * TRY_MS);
      return;
    }
  }

  async #changePace(paceMs: number): Promise<void> {
    for (const { target } of this.seats.filter(({ fast }) => fast)) await this.#take(target, 'end');
    this.#paceMs = paceMs;
    await this.#ask(({ fast }) => fast);
  }

  #bearsSince(since: number): boolean {
    const seen = this.seats
      .filter(({ fast }) => fast)
      .flatMap(({ outcomes }) => outcomes.filter(({ at }) => at >= since));
    const slow = seen.filter(
      ({ result, latencyMs }) => result.kind === 'failed' || latencyMs > BEARABLE_MS,
    );
    const failed = seen.filter(({ result }) => result.kind === 'failed');
    return seen.length > 0 && failed.length === 0 && slow.length <= seen.length / 10;
  }

  async #ask(which: (seat: Seat) => boolean): Promise<void> {
    for (const [index, { address, port }] of this.#lan.plan.entrances.entries()) {
      const seat = this.seats[index];
      if (seat === undefined || !which(seat)) continue;
      // Without TLS: haproxy passes bytes on as they are, and handshakes would cost us the processor.
      const target = { scheme: 'http', address, port, timeoutMs: REQUEST_TIMEOUT_MS } as const;
      await this.#lan.poll(seat.target, target, seat.fast ? this.#paceMs : SLOW_MS);
    }
  }

  /**
   * Asks every node at its own address for a while, as a busy LAN would have: the first requests of a node's life take
   * longer than any after them, emulated ones above all.
   */
  async warmUp({ nodes }: ClusterModel): Promise<void> {
    const [first] = this.#lan.plan.entrances;
    if (first === undefined) return;
    const { port } = first;
    const names: string[] = [];
    for (const address of nodes.flatMap(hostAddresses)) {
      const name = `warm-up ${address}`;
      const target = { scheme: 'http', address, port, timeoutMs: REQUEST_TIMEOUT_MS } as const;
      await this.#lan.poll(name, target, WARM_UP_PACE_MS);
      names.push(name);
    }
    await this.lookOn(WARM_UP_MS);
    for (const name of names) await this.#lan.polled(name, 'end');
  }

  /** Waits until it is so, or the time is over. @throws VipisoError interrupted */
  async until(holds: () => boolean, deadlineMs: number): Promise<boolean> {
    const end = this.#host.now() + deadlineMs;
    for (;;) {
      await this.#pull('go-on');
      this.onLook();
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

  /** The node by way of which all answers at a group's VIPs came in the last milliseconds. */
  holder({ nodes }: ClusterModel, group: VrrpGroupModel, forMs: number): NodeModel | undefined {
    return nodes.find((node) => this.isSteady(node, group, forMs));
  }

  /** Whether every request at a group's VIPs in the last milliseconds was answered by way of this node. */
  isSteady(node: NodeModel, { name }: VrrpGroupModel, forMs: number): boolean {
    const addresses = hostAddresses(node);
    return this.#allLast(
      this.seats.filter(({ group }) => group === name),
      forMs,
      ({ result }) => result.kind === 'answered' && addresses.includes(result.via),
    );
  }

  isSilent(forMs: number): boolean {
    return this.#allLast(this.seats, forMs, ({ result }) => result.kind === 'failed');
  }

  #allLast(seats: readonly Seat[], forMs: number, holds: (outcome: Outcome) => boolean): boolean {
    return seats.every(({ outcomes, fast }) => {
      const count = Math.max(2, Math.round(forMs / (fast ? this.#paceMs : SLOW_MS)));
      const last = outcomes.slice(-count);
      return last.length === count && last.every(holds);
    });
  }

  /** API servers that answered the last so many requests of the first service. */
  serversIn(count: number, since: number): ReadonlySet<string> {
    const last = this.seats
      .filter(({ first, fast }) => first && fast)
      .flatMap(({ outcomes }) => outcomes.slice(-count).filter(({ at }) => at >= since));
    return new Set(
      last.flatMap(({ result }) => (result.kind === 'answered' ? [result.server] : [])),
    );
  }

  async end(): Promise<void> {
    await this.#pull('end');
  }

  async #pull(then: 'go-on' | 'end'): Promise<void> {
    for (const { target } of this.seats) await this.#take(target, then);
  }

  async #take(target: string, then: 'go-on' | 'end'): Promise<void> {
    const outcomes = this.seats.find((seat) => seat.target === target)?.outcomes ?? [];
    const fresh = await this.#lan.polled(target, then);
    const [first] = fresh;
    const last = outcomes.at(-1);
    outcomes.push(...fresh);
    // An answer that took long comes after those that were asked later.
    if (first !== undefined && last !== undefined && first.at < last.at)
      outcomes.sort((a, b) => a.at - b.at);
  }
}
