import type { BootedCluster } from '../../boot/boot-cluster.ts';
import type { StreamRecord } from '../../boot/lan/protocol.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import { serverNames } from '../trial/server-names.ts';

const OPEN_WITHIN_MS = 5000;
/** An API server sends an event every second: a stream that is silent for so long is dead. */
const DEAD_MS = 6000;
const PER_SERVER = 2;

/** Clients that watch through the VIP all the time, as controllers do: each opens its stream again when it ends. */
export class Watches {
  readonly #booted: BootedCluster;
  readonly #names: readonly string[];
  readonly #cuts = new Map<string, number>();
  readonly #reasons: string[] = [];

  private constructor(booted: BootedCluster, names: readonly string[]) {
    this.#booted = booted;
    this.#names = names;
  }

  static async open(booted: BootedCluster, cluster: ClusterModel): Promise<Watches> {
    const count = PER_SERVER * serverNames(cluster, booted, 'all').length;
    const names = Array.from({ length: count }, (_, index) => `upgrade-watch-${index + 1}`);
    const watches = new Watches(booted, names);
    for (const name of names) await watches.#open(name);
    return watches;
  }

  /** How often each was cut so far. */
  get cuts(): readonly number[] {
    return this.#names.map((name) => this.#cuts.get(name) ?? 0);
  }

  /** One line for each cut. */
  get reasons(): readonly string[] {
    return this.#reasons;
  }

  /** Looks after the streams. @param now milliseconds since the epoch */
  async tend(now: number): Promise<void> {
    await Promise.all(
      this.#names.map(async (name) => {
        const record = await this.#booted.lan.streamed(name, 'go-on');
        const why = endOf(record, now);
        if (why === undefined) return;
        // One that was never answered was not cut: the requests tell of that.
        if (record.server !== '') {
          this.#cuts.set(name, (this.#cuts.get(name) ?? 0) + 1);
          this.#reasons.push(`${name} to ${record.server} via ${record.via}: ${why}`);
        }
        await this.#open(name);
      }),
    );
  }

  async close(): Promise<void> {
    for (const name of this.#names) await this.#booted.lan.streamed(name, 'end');
  }

  async #open(name: string): Promise<void> {
    const [frontend] = this.#booted.lan.plan.frontends;
    if (frontend === undefined) return;
    const { address, port } = frontend;
    const target = { scheme: 'https', address, port, timeoutMs: OPEN_WITHIN_MS } as const;
    await this.#booted.lan.openStream(name, { kind: 'watch', target });
  }
}

function endOf({ ended, lastEventAt }: StreamRecord, now: number): string | undefined {
  if (ended !== undefined) return ended.how;
  return now - lastEventAt > DEAD_MS ? 'silent' : undefined;
}
