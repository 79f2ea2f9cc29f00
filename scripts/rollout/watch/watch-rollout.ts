import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterModel } from '../../cluster/model.ts';
import { hostAddresses } from '../../cluster/node-addresses.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import type { RolloutOrder, RolloutStep } from '../order.ts';
import { probe, probeWayOf, serversUp } from './probe.ts';
import type { ProbeWay } from './probe.ts';

export interface WatchOptions {
  /** Milliseconds between two questions at each VIP. */
  readonly everyMs: number;
  /** Milliseconds that a VIP may be silent before the rollout is to be stopped. */
  readonly lossMs: number;
  /** Milliseconds that a node has to be well before the next one's turn. */
  readonly calmMs: number;
  /** Called with what is to be done next, and what was seen. */
  readonly say: (text: string, data: Readonly<Record<string, unknown>>) => void;
}

export interface WatchResult {
  readonly sent: number;
  readonly failed: number;
  readonly longestGapMs: number;
}

const TIMEOUT_MS = 900;

/**
 * Looks on while the operator swaps images: asks every VIP all the time, and each node at its own address to see it go
 * and come back. Returns when every node was swapped and is well.
 *
 * @throws VipisoError proof-failed: clients lose answers; usage: there is nothing to ask; interrupted
 */
export async function watchRollout(
  host: Host,
  { cluster, order }: { readonly cluster: ClusterModel; readonly order: RolloutOrder },
  options: WatchOptions,
): Promise<WatchResult> {
  const way = probeWayOf(cluster);
  if (way === undefined) throw new VipisoError('usage', 'the cluster file has no service to ask');
  const clients = order.vips.map((vip) => new VipClient(host, vip, way, options));
  const stop = new AbortController();
  const asking = Promise.all(clients.map((client) => client.run(stop.signal)));
  const current = { step: order.steps[0] };
  const lost = asking.catch((error: unknown) => {
    throw withWayBack(error, order, current.step);
  });
  try {
    const nodes = (async () => {
      for (const step of order.steps) {
        current.step = step;
        await followNode(host, cluster, step, { way, options, signal: stop.signal });
      }
    })();
    nodes.catch(() => undefined);
    await Promise.race([nodes, lost]);
  } finally {
    stop.abort();
    lost.catch(() => undefined);
  }
  return {
    sent: clients.reduce((sum, { sent }) => sum + sent, 0),
    failed: clients.reduce((sum, { failed }) => sum + failed, 0),
    longestGapMs: Math.round(Math.max(0, ...clients.map((it) => it.longestGapMs))),
  };
}

/** Asks one VIP; rejects when it is silent for too long. */
class VipClient {
  sent = 0;
  failed = 0;
  longestGapMs = 0;
  readonly #host: Host;
  readonly #vip: string;
  readonly #way: ProbeWay;
  readonly #options: WatchOptions;

  constructor(host: Host, vip: string, way: ProbeWay, options: WatchOptions) {
    this.#host = host;
    this.#vip = vip;
    this.#way = way;
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { everyMs, lossMs } = this.#options;
    let answeredAt = this.#host.now();
    while (!signal.aborted) {
      if (this.#host.signal.aborted)
        throw new VipisoError('interrupted', 'interrupted while watching the rollout');
      const asked = this.#host.now();
      const why = await probe(this.#vip, this.#way, TIMEOUT_MS);
      const now = this.#host.now();
      this.sent += 1;
      if (why === undefined) {
        this.longestGapMs = Math.max(this.longestGapMs, now - answeredAt);
        answeredAt = now;
      } else {
        this.failed += 1;
        if (now - answeredAt > lossMs)
          throw new VipisoError(
            'proof-failed',
            `${this.#vip} has not answered for ${((now - answeredAt) / 1000).toFixed(1)} s: ${why}`,
          );
      }
      await pause(Math.max(0, everyMs - (this.#host.now() - asked)));
    }
  }
}

async function followNode(
  host: Host,
  cluster: ClusterModel,
  step: RolloutStep,
  about: { readonly way: ProbeWay; readonly options: WatchOptions; readonly signal: AbortSignal },
): Promise<void> {
  const { way, options, signal } = about;
  const { say, calmMs } = options;
  const node = cluster.nodes.find(({ hostname }) => hostname === step.node);
  const [address] = node === undefined ? [] : hostAddresses(node);
  if (address === undefined)
    throw new VipisoError('usage', `${step.node} has no static address to be watched at`, {
      hint: 'Its exchange cannot be watched: use the printed order.',
    });
  say(`${step.node}: shut it down now`, { node: step.node, do: 'shut-down' });
  const answers = async (): Promise<boolean> =>
    (await probe(address, way, TIMEOUT_MS)) === undefined;
  await waitUntil(async () => !(await answers()), signal);
  say(`${step.node} is down: put ${step.image} into its drive and start it`, {
    ...{ node: step.node, do: 'start', image: step.image },
  });
  let well = 0;
  await waitUntil(async () => {
    const isWell = (await answers()) && (await checksAreUp(cluster, address));
    well = isWell ? well || host.now() : 0;
    return well > 0 && host.now() - well >= calmMs;
  }, signal);
  say(`${step.node} is well: go on`, { node: step.node, do: 'go-on' });
}

/** Where the statistics are out of reach, an answer through haproxy is what there is to go by. */
async function checksAreUp({ stats }: ClusterModel, address: string): Promise<boolean> {
  if (stats === undefined) return true;
  const servers = await serversUp(address, stats, TIMEOUT_MS);
  return servers === undefined || servers.up === servers.all;
}

async function waitUntil(holds: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await holds())) await pause(200);
}

function withWayBack(
  error: unknown,
  { steps }: RolloutOrder,
  current: RolloutStep | undefined,
): unknown {
  if (!(error instanceof VipisoError) || error.code !== 'proof-failed') return error;
  const done = steps.slice(0, current === undefined ? 0 : steps.indexOf(current) + 1);
  return new VipisoError('proof-failed', `Stop: ${error.message}`, {
    details: done.reverse().map(({ node, back }) => `${node}: back to ${back}`),
    hint: 'Swap nothing more. If a node is down, start it with its old image first; then go back node by node.',
  });
}
