import { setTimeout as pause } from 'node:timers/promises';
import type { BootedCluster } from '../../boot/boot-cluster.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { hostAddresses } from '../../cluster/node-addresses.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { RequestTally } from './request-tally.ts';
import { Watches } from './watches.ts';

export const POLL_INTERVAL_MS = 20;
/** Below a second, so that no request outlives a loss by TCP's own repetition (RFC 6298). */
export const TIMEOUT_MS = 900;
const LOOK_EVERY_MS = 100;
/** So many answers in a row are a state of affairs. */
const STEADY_COUNT = 50;

/** Who asks the VIP all the time, and watches through it, while nodes are swapped. */
export class UpgradeClient {
  readonly tally = new RequestTally();
  readonly #host: Host;
  readonly #booted: BootedCluster;
  readonly #watches: Watches;

  private constructor(host: Host, booted: BootedCluster, watches: Watches) {
    this.#host = host;
    this.#booted = booted;
    this.#watches = watches;
  }

  static async start(
    host: Host,
    booted: BootedCluster,
    cluster: ClusterModel,
  ): Promise<UpgradeClient> {
    const watches = await Watches.open(booted, cluster);
    const client = new UpgradeClient(host, booted, watches);
    for (const [index, { address, port }] of booted.lan.plan.frontends.entries()) {
      const target = { scheme: 'http', address, port, timeoutMs: TIMEOUT_MS } as const;
      // The pace is for the first; whether the others answer, ten times a second tells.
      const pace = index === 0 ? POLL_INTERVAL_MS : LOOK_EVERY_MS;
      await booted.lan.poll(pollerName(index), target, pace);
    }
    return client;
  }

  get watches(): Pick<Watches, 'cuts' | 'reasons'> {
    return this.#watches;
  }

  /** Whether clients of the first service are answered via this node, and have been for a while. */
  isServedBy(node: NodeModel): boolean {
    return this.tally.isSteady(hostAddresses(node), STEADY_COUNT);
  }

  /** Goes on until it is so. @throws VipisoError proof-failed when it is not in time; interrupted */
  async until(holds: () => boolean, deadlineMs: number, what: string): Promise<void> {
    const end = this.#host.now() + deadlineMs;
    while (!holds()) {
      if (this.#host.signal.aborted)
        throw new VipisoError('interrupted', 'interrupted during a proof');
      if (this.#host.now() > end)
        throw new VipisoError(
          'proof-failed',
          `timed out after ${deadlineMs / 1000} s waiting for: ${what}`,
        );
      await this.#look('go-on');
      await pause(LOOK_EVERY_MS);
    }
  }

  /** Goes on while something else is done. */
  async during<T>(work: Promise<T>, deadlineMs: number, what: string): Promise<T> {
    let over = false;
    const finish = (): void => {
      over = true;
    };
    work.then(finish, finish);
    await this.until(() => over, deadlineMs, what);
    return await work;
  }

  async goOnFor(milliseconds: number): Promise<void> {
    const end = this.#host.now() + milliseconds;
    await this.until(() => this.#host.now() > end, milliseconds + 60_000, 'time to pass');
  }

  async end(): Promise<void> {
    await this.#look('end');
    await this.#watches.close();
  }

  async #look(then: 'go-on' | 'end'): Promise<void> {
    for (const index of this.#booted.lan.plan.frontends.keys()) {
      const outcomes = await this.#booted.lan.polled(pollerName(index), then);
      if (index === 0) this.tally.add(outcomes);
    }
    if (then === 'go-on') await this.#watches.tend(this.#host.now());
  }
}

function pollerName(index: number): string {
  return `upgrade-client-${index + 1}`;
}
