import { setTimeout as pause } from 'node:timers/promises';
import type { Lan } from '../../boot/lan/lan.ts';
import type { Outcome, PacketEvent } from '../../boot/lan/protocol.ts';
import type { Accelerator } from '../../boot/qemu/accelerator.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { hostAddresses } from '../../cluster/node-addresses.ts';
import { joinHostPort } from '../../cluster/values/address.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';

const POLL_EVERY_MS = 100;
/**
 * Milliseconds between requests: the exactness of every loss that is measured. The first is for starting. An emulated
 * node that takes the VIP over runs code that it has never translated: more requests than these would pile up, and
 * the pile would be measured.
 */
const PACES_MS: Readonly<Record<Accelerator['kind'], readonly [number, ...number[]]>> = {
  kvm: [50, 20, 10],
  tcg: [50, 20],
};
/** For the further frontends: whether they answer at all. */
const SLOW_MS = 250;
/** How long a pace is tried, and when a pair bears it: nine of ten answers come so fast, and no request fails. */
const TRY_MS = 3000;
const SUSTAINED_LATENCY_MS = 60;
const WARM_UP_MS = 5000;
const WARM_UP_PACE_MS = 40;
/** Below a second, so that no request outlives an outage by TCP's own repetition. */
const REQUEST_TIMEOUT_MS = 900;

/** One client and all that it saw, in the order of asking. */
export interface ProbeClient {
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
 * Observes a whole trial: clients at every frontend, and every frame that tells who owns an address. Times are
 * milliseconds since the epoch.
 */
export class Observer {
  readonly probeClients: readonly ProbeClient[];
  readonly packetEvents: PacketEvent[] = [];
  /** Called at every poll, several times a second. */
  onPoll: () => void = () => undefined;
  readonly #host: Host;
  readonly #lan: Lan;
  #paceMs = PACES_MS.tcg[0];

  private constructor(host: Host, lan: Lan) {
    this.#host = host;
    this.#lan = lan;
    const [first] = lan.plan.frontends;
    const { frontends } = lan.plan;
    this.probeClients = frontends.map(({ address, port, service, group }) => ({
      target: joinHostPort(address, port),
      group,
      first: service === first?.service,
      // The first service of each group.
      fast: service === frontends.find((it) => it.group === group)?.service,
      outcomes: [],
    }));
  }

  static async start(host: Host, lan: Lan): Promise<Observer> {
    const observer = new Observer(host, lan);
    lan.watch((packetEvent) => observer.packetEvents.push(packetEvent));
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
  async rampUpRequestRate(accelerator: Accelerator['kind']): Promise<void> {
    for (const pace of PACES_MS[accelerator].slice(1)) {
      const before = this.#paceMs;
      await this.#changePace(pace);
      const since = this.#host.now();
      await this.observeFor(TRY_MS);
      if (this.#sustainsRateSince(since)) continue;
      await this.#changePace(before);
      await this.until(() => this.#sustainsRateSince(this.#host.now() - TRY_MS), 10 * TRY_MS);
      return;
    }
  }

  async #changePace(paceMs: number): Promise<void> {
    for (const { target } of this.probeClients.filter(({ fast }) => fast))
      await this.#take(target, 'end');
    this.#paceMs = paceMs;
    await this.#ask(({ fast }) => fast);
  }

  #sustainsRateSince(since: number): boolean {
    const seen = this.probeClients
      .filter(({ fast }) => fast)
      .flatMap(({ outcomes }) => outcomes.filter(({ at }) => at >= since));
    const slow = seen.filter(
      ({ result, latencyMs }) => result.kind === 'failed' || latencyMs > SUSTAINED_LATENCY_MS,
    );
    const failed = seen.filter(({ result }) => result.kind === 'failed');
    return seen.length > 0 && failed.length === 0 && slow.length <= seen.length / 10;
  }

  async #ask(which: (probeClient: ProbeClient) => boolean): Promise<void> {
    for (const [index, { address, port }] of this.#lan.plan.frontends.entries()) {
      const probeClient = this.probeClients[index];
      if (probeClient === undefined || !which(probeClient)) continue;
      // Without TLS: haproxy passes bytes on as they are, and handshakes would cost us the processor.
      const target = { scheme: 'http', address, port, timeoutMs: REQUEST_TIMEOUT_MS } as const;
      await this.#lan.poll(probeClient.target, target, probeClient.fast ? this.#paceMs : SLOW_MS);
    }
  }

  /**
   * Asks every node at its own address for a while, as a busy LAN would have: the first requests of a node's life take
   * longer than any after them, emulated ones above all.
   */
  async warmUp({ nodes }: ClusterModel): Promise<void> {
    const [first] = this.#lan.plan.frontends;
    if (first === undefined) return;
    const { port } = first;
    const names: string[] = [];
    for (const address of nodes.flatMap(hostAddresses)) {
      const name = `warm-up ${address}`;
      const target = { scheme: 'http', address, port, timeoutMs: REQUEST_TIMEOUT_MS } as const;
      await this.#lan.poll(name, target, WARM_UP_PACE_MS);
      names.push(name);
    }
    await this.observeFor(WARM_UP_MS);
    for (const name of names) await this.#lan.polled(name, 'end');
  }

  /** Waits until it is so, or the time is over. @throws VipisoError interrupted */
  async until(holds: () => boolean, deadlineMs: number): Promise<boolean> {
    const end = this.#host.now() + deadlineMs;
    for (;;) {
      await this.#pull('go-on');
      this.onPoll();
      if (holds()) return true;
      if (this.#host.signal.aborted)
        throw new VipisoError('interrupted', 'interrupted during a proof');
      if (this.#host.now() > end) return false;
      await pause(POLL_EVERY_MS);
    }
  }

  async observeFor(milliseconds: number): Promise<void> {
    await this.until(() => false, milliseconds);
  }

  /** The node via which all answers at a group's VIPs came in the last milliseconds. */
  holder({ nodes }: ClusterModel, group: VrrpGroupModel, forMs: number): NodeModel | undefined {
    return nodes.find((node) => this.isSteady(node, group, forMs));
  }

  /** Whether every request at a group's VIPs in the last milliseconds was answered via this node. */
  isSteady(node: NodeModel, { name }: VrrpGroupModel, forMs: number): boolean {
    const addresses = hostAddresses(node);
    return this.#allLast(
      this.probeClients.filter(({ group }) => group === name),
      forMs,
      ({ result }) => result.kind === 'answered' && addresses.includes(result.via),
    );
  }

  isSilent(forMs: number): boolean {
    return this.#allLast(this.probeClients, forMs, ({ result }) => result.kind === 'failed');
  }

  #allLast(
    probeClients: readonly ProbeClient[],
    forMs: number,
    holds: (outcome: Outcome) => boolean,
  ): boolean {
    return probeClients.every(({ outcomes, fast }) => {
      const count = Math.max(2, Math.round(forMs / (fast ? this.#paceMs : SLOW_MS)));
      const last = outcomes.slice(-count);
      return last.length === count && last.every(holds);
    });
  }

  /** API servers that answered the last so many requests of the first service. */
  serversIn(count: number, since: number): ReadonlySet<string> {
    const last = this.probeClients
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
    for (const { target } of this.probeClients) await this.#take(target, then);
  }

  async #take(target: string, then: 'go-on' | 'end'): Promise<void> {
    const outcomes =
      this.probeClients.find((probeClient) => probeClient.target === target)?.outcomes ?? [];
    const fresh = await this.#lan.polled(target, then);
    const [first] = fresh;
    const last = outcomes.at(-1);
    outcomes.push(...fresh);
    // An answer that took long comes after those that were asked later.
    if (first !== undefined && last !== undefined && first.at < last.at)
      outcomes.sort((a, b) => a.at - b.at);
  }
}
