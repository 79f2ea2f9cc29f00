import { z } from 'zod';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkloadFigures, WorkloadVerification } from '../../lan/control-plane-protocol.ts';
import type { Identity } from '../certificate.ts';
import type { ApiClient, ApiTarget } from './api-client.ts';
import { Candidate } from './candidate.ts';
import { KeptStream } from './kept-stream.ts';
import { serveExecs } from './kubelet.ts';
import { execPart, watchPart, webSocketWatchPart } from './streams.ts';
import type { WatchPart } from './streams.ts';
import { Tally } from './tally.ts';

/** Pace of requests, and of writes, in milliseconds. */
const PACE_MS = 100;
/** As long as kubectl's patience with one request in a script: TCP sends a lost SYN again after 1, 3 and 7 s. */
const TIMEOUT_MS = 10_000;
const CATCH_UP_MS = 15_000;
const LOOK_EVERY_MS = 200;
const NAMESPACE = '/api/v1/namespaces/default';
const CONFIG_MAPS = `${NAMESPACE}/configmaps`;
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
const NODE = 'prover';
const POD = 'echo';

const List = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string(), resourceVersion: z.string() }),
      data: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/**
 * The clients of a run, all through the VIP: requests, writes, watches, an exec, and two controllers that elect a leader.
 */
export class Workload {
  readonly #client: ApiClient;
  readonly #to: ApiTarget;
  readonly #requests = new Tally();
  readonly #writes = new Tally();
  readonly #acknowledged = new Map<string, string>();
  readonly #watches: readonly WatchPart[];
  readonly #exec: ReturnType<typeof execPart>;
  readonly #streams: readonly KeptStream[];
  readonly #candidates: readonly Candidate[];
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #pending = new Set<Promise<unknown>>();
  #written = 0;
  readonly #began: string;

  private constructor(client: ApiClient, to: ApiTarget, resourceVersion: string) {
    this.#client = client;
    this.#to = to;
    this.#began = resourceVersion;
    this.#watches = [
      watchPart(CONFIG_MAPS, resourceVersion),
      webSocketWatchPart(CONFIG_MAPS, resourceVersion),
    ];
    this.#exec = execPart(`${NAMESPACE}/pods/${POD}`);
    const parts = [...this.#watches.map(({ part }) => part), this.#exec.part];
    this.#streams = parts.map((part) => new KeptStream(client, to, part));
    this.#candidates = ['controller-1', 'controller-2'].map(
      (name) => new Candidate(client, to, { name, collection: LEASES, lease: 'prover' }),
    );
    this.#timers = [
      setInterval(() => this.#keep(this.#requests.count(() => this.#ask())), PACE_MS),
      setInterval(() => this.#keep(this.#writes.count(() => this.#write())), PACE_MS),
    ];
  }

  /** @param frontend the VIP and its port */
  static async start(
    client: ApiClient,
    frontend: { readonly address: string; readonly port: number },
    kubelet: { readonly address: string; readonly identity: Identity },
  ): Promise<Workload> {
    const to = { address: frontend.address, port: frontend.port, timeoutMs: TIMEOUT_MS };
    const port = await serveExecs(kubelet.address, kubelet.identity);
    await makeNode(client, to, { address: kubelet.address, port });
    const { metadata } = await listOf(client, to);
    return new Workload(client, to, metadata.resourceVersion);
  }

  take(): WorkloadFigures {
    const led = this.#candidates.map((candidate) => candidate.take());
    return {
      steadyForMs: this.#requests.steadyForMs(),
      silentForMs: this.#requests.silentForMs(),
      requests: this.#requests.take(),
      writes: this.#writes.take(),
      streams: this.#streams.map((stream) => stream.take()),
      leader: {
        renewals: led.reduce((sum, { renewals }) => sum + renewals, 0),
        changes: led.reduce((sum, { changes }) => sum + changes, 0),
        longestGapMs: Math.max(...led.map(({ longestGapMs }) => longestGapMs)),
      },
    };
  }

  /** Ends writes and requests; streams and controllers go on. */
  async endWrites(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#pending);
  }

  /** Reads every acknowledged write back through each server, and holds the watches against what is stored. */
  async verify(
    servers: readonly { readonly name: string; readonly address: string; readonly port: number }[],
  ): Promise<WorkloadVerification> {
    const stored = new Map<string, string>();
    const found: WorkloadVerification['servers'] = [];
    for (const { name, address, port } of servers) {
      const { items } = await listOf(this.#client, { address, port, timeoutMs: 6 * TIMEOUT_MS });
      const values = new Map(items.map(({ metadata, data }) => [metadata.name, data?.['value']]));
      const lost = [...this.#acknowledged].filter(([key, value]) => values.get(key) !== value);
      found.push({ name, found: values.size, lost: lost.map(([key]) => key) });
      for (const { metadata } of items)
        if (BigInt(metadata.resourceVersion) > BigInt(this.#began))
          stored.set(metadata.name, metadata.resourceVersion);
    }
    const missing = ({ log }: WatchPart): number => log.missing(stored);
    const end = Date.now() + CATCH_UP_MS;
    while (this.#watches.some((watch) => missing(watch) > 0) && Date.now() < end)
      await pause(LOOK_EVERY_MS);
    for (const stream of this.#streams) stream.stop();
    for (const candidate of this.#candidates) candidate.stop();
    return {
      acknowledged: this.#acknowledged.size,
      servers: found,
      watches: this.#watches.map((watch) => ({
        ...{ name: watch.part.name, events: watch.log.received, missed: missing(watch) },
        ...{ twice: watch.log.twice, outOfOrder: watch.log.outOfOrder },
      })),
      garbled: this.#exec.garbled(),
    };
  }

  #keep(work: Promise<unknown>): void {
    this.#pending.add(work);
    void work.finally(() => this.#pending.delete(work));
  }

  async #ask(): Promise<void> {
    const { status } = await this.#client.get(this.#to, NAMESPACE);
    if (status !== 200) throw new Error(`status ${status}`);
  }

  async #write(): Promise<void> {
    const number = ++this.#written;
    const name = `write-${number}`;
    const value = `value of ${number}`;
    const { status } = await this.#client.post(this.#to, CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { value },
    });
    if (status !== 201) throw new Error(`status ${status}`);
    this.#acknowledged.set(name, value);
  }
}

async function listOf(client: ApiClient, to: ApiTarget): Promise<z.infer<typeof List>> {
  const { status, body } = await client.get(to, CONFIG_MAPS);
  if (status !== 200) throw new Error(`listing config maps was answered ${status}`);
  return List.parse(JSON.parse(body));
}

/** A node whose kubelet is the stand-in, and a pod on it, so that there is something to exec into. */
async function makeNode(
  client: ApiClient,
  to: ApiTarget,
  kubelet: { readonly address: string; readonly port: number },
): Promise<void> {
  const node = {
    ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } },
    status: {
      addresses: [{ type: 'InternalIP', address: kubelet.address }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
    },
  };
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: POD } },
    spec: { nodeName: NODE, containers: [{ name: POD, image: 'none.invalid/echo' }] },
  };
  await made(client, to, '/api/v1/nodes', node);
  await made(client, to, `${NAMESPACE}/pods`, pod);
}

async function made(client: ApiClient, to: ApiTarget, path: string, body: unknown): Promise<void> {
  const { status, body: said } = await client.post(to, path, body);
  if (status !== 201) throw new Error(`POST ${path} was answered ${status}: ${said}`);
}
