import { z } from 'zod';
import { WorkloadFigures, WorkloadVerification } from './control-plane-protocol.ts';
import type { Packet } from './frame.ts';

/**
 * What the tool and its agent inside the LAN's namespace say to each other: one JSON object a line. The tool
 * sends calls, the agent answers each by its id and tells events in between.
 */
const Link = z.strictObject({
  state: z.enum(['up', 'cut']),
  loss: z.number().min(0).max(1),
  delay: z.number().min(0),
  jitter: z.number().min(0),
});

/**
 * How a fake API server behaves. `stopped`: its process was killed, connections are reset and refused. `hung`: it
 * accepts connections and says nothing. `silent`: its machine lost power, nothing at its address answers any more.
 * The rest serves, with another status on `/readyz`, or late.
 */
export const ApiServerMode = z.union([
  z.enum(['serving', 'stopped', 'hung', 'silent']),
  z.strictObject({ readyzStatus: z.int().min(100).max(599) }),
  z.strictObject({ delayMs: z.number().positive() }),
]);
export type ApiServerMode = z.infer<typeof ApiServerMode>;

/** How the name server behaves. `stopped`: its port refuses; `silent`: questions get no answer. */
export const NameServerMode = z.enum(['serving', 'stopped', 'silent']);
export type NameServerMode = z.infer<typeof NameServerMode>;

/** Where a client sends its requests. */
const Target = z.strictObject({
  scheme: z.enum(['https', 'http']),
  address: z.string(),
  port: z.int(),
  timeoutMs: z.number(),
});
export type Target = z.infer<typeof Target>;

/** What became of one request, as a client saw it. Times in milliseconds, `at` since the epoch. */
export const Outcome = z.strictObject({
  at: z.number(),
  latencyMs: z.number(),
  result: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('answered'),
      status: z.int(),
      /** Which API server answered, and the address it was reached from: the proxy's own. */
      server: z.string(),
      via: z.string(),
    }),
    z.strictObject({ kind: z.literal('failed'), reason: z.string() }),
  ]),
});
export type Outcome = z.infer<typeof Outcome>;

/**
 * A connection that stays open: a `watch` of namespaces, or an `exec`, whose connection is upgraded and where every
 * line that the client sends comes back.
 */
const StreamKind = z.enum(['watch', 'exec']);
export type StreamKind = z.infer<typeof StreamKind>;

/** How a long stream fares, as a client sees it. Times in milliseconds since the epoch. */
export const StreamRecord = z.strictObject({
  kind: StreamKind,
  /** When it was asked for. */
  openedAt: z.number(),
  /** Which API server answered, and the address it was reached from; both empty before it did. */
  server: z.string(),
  via: z.string(),
  /** Events of a watch, or lines that came back. */
  events: z.int(),
  /** When the last of them came; when the stream was opened if none did. A peer that died silently shows here. */
  lastEventAt: z.number(),
  /** The longest wait for an event since the stream was answered; the wait that still lasts counts as well. */
  longestSilenceMs: z.number(),
  ended: z
    .strictObject({
      at: z.number(),
      /** `timeout`: not answered in time, or TCP gave up; `failed`: never became a stream. */
      how: z.enum(['closed', 'reset', 'timeout', 'failed']),
      reason: z.string(),
    })
    .optional(),
});
export type StreamRecord = z.infer<typeof StreamRecord>;

const Nothing = z.strictObject({});
export const ProcessExit = z.strictObject({
  code: z.int().nullable(),
  signal: z.string().nullable(),
});
export type ProcessExit = z.infer<typeof ProcessExit>;

/** Every call, with the shapes of its arguments and of its answer. */
export const CALLS = {
  /** Makes the segment; the namespace's own addresses in CIDR notation. */
  lan: {
    args: z.strictObject({
      addresses: z.array(z.string()),
      mtu: z.int(),
      vlan: z.int().optional(),
    }),
    answer: Nothing,
  },
  /** A socket of the switch for one machine: both are UDP ports of 127.0.0.1 inside the namespace. */
  plug: {
    args: z.strictObject({ port: z.string() }),
    answer: z.strictObject({ switchPort: z.int(), machinePort: z.int() }),
  },
  cable: {
    args: z.strictObject({ port: z.string(), fromMachine: Link, toMachine: Link }),
    answer: Nothing,
  },
  /** From now on asks at this pace who has these addresses; replaces what was asked so far. */
  askOwners: {
    args: z.strictObject({ addresses: z.array(z.string()), everyMs: z.number().positive() }),
    answer: Nothing,
  },
  /** Starts a program inside the namespace; its output goes to the file `log`. */
  start: {
    args: z.strictObject({ argv: z.array(z.string()).min(1), log: z.string() }),
    answer: z.strictObject({ process: z.int() }),
  },
  signal: { args: z.strictObject({ process: z.int(), signal: z.string() }), answer: Nothing },
  exit: { args: z.strictObject({ process: z.int() }), answer: ProcessExit },
  apiServers: {
    args: z.strictObject({
      servers: z.array(z.strictObject({ name: z.string(), address: z.string(), port: z.int() })),
      /** Names and addresses that the servers' certificate is valid for. */
      certifiedFor: z.array(z.string()),
      /** Addresses that requests come from, at most one of each family. */
      clients: z.array(z.string()),
      /** Real programs in the place of the stand-ins; absolute paths. Answered when all servers are ready. */
      programs: z
        .strictObject({
          etcd: z.string(),
          apiServer: z.string(),
          folder: z.string(),
          logs: z.string(),
        })
        .optional(),
    }),
    /** The certificate in PEM; the token that real API servers take, for this run alone. */
    answer: z.strictObject({ certificate: z.string(), token: z.string().optional() }),
  },
  apiServerMode: {
    args: z.strictObject({ name: z.string(), mode: ApiServerMode }),
    answer: Nothing,
  },
  /** Starts the name server. */
  nameServer: {
    args: z.strictObject({
      places: z.array(z.strictObject({ address: z.string(), port: z.int() })),
      names: z.array(z.strictObject({ name: z.string(), addresses: z.array(z.string()) })),
    }),
    answer: Nothing,
  },
  nameServerMode: { args: z.strictObject({ mode: NameServerMode }), answer: Nothing },
  /** Listens on a socket with a path, and takes connections to an address of the LAN. */
  forward: {
    args: z.strictObject({ socket: z.string(), address: z.string(), port: z.int() }),
    answer: Nothing,
  },
  /** Starts clients of real API servers: requests, writes, watches, an exec, controllers that elect a leader. */
  workload: {
    args: z.strictObject({ address: z.string(), port: z.int(), kubelet: z.string() }),
    answer: Nothing,
  },
  /** What they have seen since the last time. */
  worked: { args: Nothing, answer: WorkloadFigures },
  /** Ends them, reads every acknowledged write back through each server, and holds the watches against that. */
  verifyWork: { args: Nothing, answer: WorkloadVerification },
  request: { args: Target, answer: Outcome },
  /** Starts a poller: one request every so often, whether or not earlier ones were answered. */
  poll: {
    args: Target.extend({ poller: z.string(), everyMs: z.number().positive() }),
    answer: Nothing,
  },
  /** Hands over what a poller has seen since the last time; `end` stops it and waits for its last requests. */
  polled: {
    args: z.strictObject({ poller: z.string(), end: z.boolean() }),
    answer: z.strictObject({ outcomes: z.array(Outcome) }),
  },
  /** Opens a stream; answers when it is answered, refused, or the target's time is over. */
  openStream: {
    args: Target.extend({ stream: z.string(), kind: StreamKind }),
    answer: StreamRecord,
  },
  /** Tells how a stream fares; `end` closes and forgets it. */
  streamed: {
    args: z.strictObject({ stream: z.string(), end: z.boolean() }),
    answer: StreamRecord,
  },
} as const;

export type Calls = typeof CALLS;
export type CallName = keyof Calls;
export type CallArgs<N extends CallName> = z.infer<Calls[N]['args']>;
export type CallAnswer<N extends CallName> = z.infer<Calls[N]['answer']>;

export const CallMessage = z.strictObject({
  id: z.int(),
  call: z.enum(Object.keys(CALLS) as [CallName, ...CallName[]]),
  args: z.unknown(),
});
export type CallMessage = z.infer<typeof CallMessage>;

/** A frame of interest, as the switch received it from the machine at `port`. */
const PacketEvent = z.strictObject({
  at: z.number(),
  port: z.string(),
  packet: z.custom<Packet>((value) => typeof value === 'object' && value !== null),
});
export type PacketEvent = z.infer<typeof PacketEvent>;

export const AgentMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('answer'), id: z.int(), answer: z.unknown() }),
  z.strictObject({ type: z.literal('failure'), id: z.int(), message: z.string() }),
  z.strictObject({ type: z.literal('packet'), packetEvent: PacketEvent }),
]);
export type AgentMessage = z.infer<typeof AgentMessage>;
