import { CALLS } from '../lan/protocol.ts';
import type { CallAnswer, CallArgs, CallMessage, CallName, PacketEvent } from '../lan/protocol.ts';
import { ApiServer } from './api-server.ts';
import { selfSignedIdentity } from './certificate.ts';
import { Poller, requestOnce } from './client.ts';
import type { ClientIdentity } from './client.ts';
import { forwardSocket } from './forward.ts';
import { NameServer } from './name-server.ts';
import { OwnerProbe } from './owner-probe.ts';
import { Processes } from './processes.ts';
import { Segment } from './segment.ts';
import { LongStream } from './stream.ts';

type Handlers = { [N in CallName]: (args: CallArgs<N>) => Promise<CallAnswer<N>> };

/** Answers calls: checks the arguments' shape and hands them to the part that is meant. */
export function answerCalls(
  tell: (packetEvent: PacketEvent) => void,
): (message: CallMessage) => Promise<unknown> {
  const handlers = handlersOf(tell);
  return ({ call, args }) => answerOne(handlers, call, args);
}

async function answerOne<N extends CallName>(
  handlers: Handlers,
  call: N,
  args: unknown,
): Promise<CallAnswer<N>> {
  return await handlers[call](CALLS[call].args.parse(args) as CallArgs<N>);
}

function handlersOf(tell: (packetEvent: PacketEvent) => void): Handlers {
  const segment = new Segment(tell);
  const probe = new OwnerProbe((frame) => segment.ask(frame));
  return {
    lan: async ({ addresses, mtu, vlan }) => {
      await segment.open(addresses, mtu, vlan);
      return {};
    },
    plug: ({ port }) => segment.plug(port),
    cable: ({ port, ...cable }) => {
      segment.setCable(port, cable);
      return Promise.resolve({});
    },
    askOwners: ({ addresses, everyMs }) => {
      probe.ask(addresses, everyMs);
      return Promise.resolve({});
    },
    ...processHandlers(new Processes()),
    ...nameHandlers(),
    ...trafficHandlers(segment),
  };
}

function processHandlers(processes: Processes): Pick<Handlers, 'start' | 'signal' | 'exit'> {
  return {
    start: async ({ argv, log }) => ({ process: await processes.start(argv, log) }),
    signal: ({ process, signal }) => {
      processes.signal(process, signal);
      return Promise.resolve({});
    },
    exit: ({ process }) => processes.exit(process),
  };
}

function nameHandlers(): Pick<Handlers, 'nameServer' | 'nameServerMode'> {
  let server: NameServer | undefined;
  return {
    nameServer: async ({ places, names }) => {
      server = new NameServer(
        places,
        new Map(names.map(({ name, addresses }) => [name, addresses])),
      );
      await server.setMode('serving');
      return {};
    },
    nameServerMode: async ({ mode }) => {
      if (server === undefined) throw new Error('there is no name server on this LAN');
      await server.setMode(mode);
      return {};
    },
  };
}

type TrafficCalls = 'apiServers' | 'apiServerMode' | 'forward' | 'request';

/** All traffic of clients has one identity, which is known once the API servers are. */
function trafficHandlers(
  segment: Segment,
): Pick<Handlers, TrafficCalls | 'poll' | 'polled' | 'openStream' | 'streamed'> {
  const servers = new Map<string, ApiServer>();
  let clientIdentity: ClientIdentity = { authority: '', sources: [] };
  const currentIdentity = (): ClientIdentity => clientIdentity;
  return {
    apiServers: async (args) => {
      const identity = selfSignedIdentity(args.certifiedFor);
      clientIdentity = { authority: identity.certificate, sources: args.clients };
      for (const about of args.servers) {
        const server = new ApiServer(about, identity, (present) =>
          segment.setPresence(about.address, present),
        );
        servers.set(about.name, server);
        await server.setMode('serving');
      }
      return { certificate: identity.certificate };
    },
    apiServerMode: async ({ name, mode }) => {
      await known(servers, name).setMode(mode);
      return {};
    },
    forward: async ({ socket, ...to }) => {
      await forwardSocket(clientIdentity, socket, to);
      return {};
    },
    request: (target) => requestOnce(clientIdentity, target),
    ...pollerHandlers(currentIdentity),
    ...streamHandlers(currentIdentity),
  };
}

function pollerHandlers(clientIdentity: () => ClientIdentity): Pick<Handlers, 'poll' | 'polled'> {
  const pollers = new Map<string, Poller>();
  return {
    poll: ({ poller, everyMs, ...target }) => {
      pollers.set(poller, new Poller(clientIdentity(), target, everyMs));
      return Promise.resolve({});
    },
    polled: async ({ poller, end }) => {
      const found = known(pollers, poller);
      if (end) await found.end();
      return { outcomes: found.take() };
    },
  };
}

function streamHandlers(
  clientIdentity: () => ClientIdentity,
): Pick<Handlers, 'openStream' | 'streamed'> {
  const streams = new Map<string, LongStream>();
  return {
    openStream: async ({ stream, kind, ...target }) => {
      streams.get(stream)?.end();
      const opened = new LongStream(clientIdentity(), kind, target);
      streams.set(stream, opened);
      await opened.settled;
      return opened.record();
    },
    streamed: ({ stream, end }) => {
      const found = known(streams, stream);
      const record = found.record();
      if (end) {
        found.end();
        streams.delete(stream);
      }
      return Promise.resolve(record);
    },
  };
}

function known<T>(things: ReadonlyMap<string, T>, name: string): T {
  const found = things.get(name);
  if (found === undefined) throw new Error(`unknown stream, poller or server: ${name}`);
  return found;
}
