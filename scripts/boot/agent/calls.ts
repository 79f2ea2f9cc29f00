import { CALLS } from '../lan/protocol.ts';
import type {
  ApiServerMode,
  CallAnswer,
  CallArgs,
  CallMessage,
  CallName,
  PacketEvent,
} from '../lan/protocol.ts';
import { ApiServer } from './api-server.ts';
import { selfSignedIdentity } from './certificate.ts';
import type { Identity } from './certificate.ts';
import { Poller, requestOnce } from './client.ts';
import type { ClientIdentity } from './client.ts';
import { forwardSocket } from './forward.ts';
import { startControlPlane } from './kubernetes/control-plane.ts';
import type { ControlPlane } from './kubernetes/control-plane.ts';
import { Workload } from './kubernetes/workload.ts';
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
  const processes = new Processes();
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
    ...processHandlers(processes),
    ...nameHandlers(),
    ...trafficHandlers(segment, processes),
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
type WorkloadCalls = 'workload' | 'worked' | 'verifyWork';

/** All traffic of clients has one identity, which is known once the API servers are. */
function trafficHandlers(
  segment: Segment,
  processes: Processes,
): Pick<Handlers, TrafficCalls | WorkloadCalls | 'poll' | 'polled' | 'openStream' | 'streamed'> {
  const servers = new Map<string, { setMode(mode: ApiServerMode): Promise<void> }>();
  let clientIdentity: ClientIdentity = { authority: '', sources: [] };
  let real: RealServers | undefined;
  const currentIdentity = (): ClientIdentity => clientIdentity;
  return {
    apiServers: async (args) => {
      const identity = selfSignedIdentity(args.certifiedFor);
      clientIdentity = { authority: identity.certificate, sources: args.clients };
      const setPresence = (address: string, present: boolean): Promise<void> =>
        segment.setPresence(address, present);
      if (args.programs !== undefined) {
        const about = { servers: args.servers, identity, clientIdentity, processes, setPresence };
        const controlPlane = await startControlPlane(args.programs, about);
        real = { controlPlane, identity };
        for (const server of controlPlane.servers) servers.set(server.about.name, server);
        return { certificate: identity.certificate, token: controlPlane.token };
      }
      for (const about of args.servers) {
        const server = new ApiServer(about, identity, (present) =>
          setPresence(about.address, present),
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
    ...workloadHandlers(() => real),
    ...pollerHandlers(currentIdentity),
    ...streamHandlers(currentIdentity),
  };
}

interface RealServers {
  readonly controlPlane: ControlPlane;
  readonly identity: Identity;
}

function workloadHandlers(
  realServers: () => RealServers | undefined,
): Pick<Handlers, WorkloadCalls> {
  let workload: Workload | undefined;
  const running = (): Workload => {
    if (workload === undefined) throw new Error('no clients of real API servers run here');
    return workload;
  };
  return {
    workload: async ({ kubelet, ...frontend }) => {
      const real = realServers();
      if (real === undefined) throw new Error('the API servers of this LAN are stand-ins');
      const { controlPlane, identity } = real;
      workload = await Workload.start(controlPlane.client, frontend, {
        address: kubelet,
        identity,
      });
      return {};
    },
    worked: () => Promise.resolve(running().take()),
    verifyWork: async () => {
      await running().endWrites();
      return await running().verify(
        (realServers()?.controlPlane.servers ?? []).map((it) => it.about),
      );
    },
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
