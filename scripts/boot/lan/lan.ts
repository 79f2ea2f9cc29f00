import { hostOf, parseAddress, toCidr } from '../../cluster/values/address.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import type { NetworkCard } from '../qemu/arguments.ts';
import type { WorkloadFigures, WorkloadVerification } from './control-plane-protocol.ts';
import { Namespace } from './namespace.ts';
import type { LanPlan } from './plan.ts';
import type {
  ApiServerMode,
  NameServerMode,
  Outcome,
  ProcessExit,
  PacketEvent,
  StreamKind,
  StreamRecord,
  Target,
} from './protocol.ts';
import type { Cable } from './switch.ts';

/** Real programs of a control plane, and the folders of a run, all absolute paths. */
export interface ControlPlanePrograms {
  readonly etcd: string;
  readonly apiServer: string;
  /** For keys and data of this run alone. */
  readonly folder: string;
  readonly logs: string;
}

/** A program inside the LAN. */
export interface LanProgram {
  readonly exited: Promise<ProcessExit>;
  readonly signal: (signal: NodeJS.Signals) => Promise<void>;
}

/**
 * One Ethernet segment with fake API servers and a client on it, isolated from the host's networks. It ends,
 * with all that runs on it, by `close` and with this process.
 */
export class Lan {
  readonly plan: LanPlan;
  /** The certificate (PEM) that all API servers show; it is its own issuer. */
  readonly certificate: string;
  /** What real API servers take as the credential of an administrator; stand-ins ask for none. */
  readonly token: string | undefined;
  readonly #namespace: Namespace;
  #cards = 0;

  private constructor(
    namespace: Namespace,
    plan: LanPlan,
    identity: { readonly certificate: string; readonly token?: string | undefined },
  ) {
    this.#namespace = namespace;
    this.plan = plan;
    this.certificate = identity.certificate;
    this.token = identity.token;
  }

  /**
   * @param programs real API servers in the place of the stand-ins
   * @throws VipisoError tool-missing; sandbox when this system does not allow it
   */
  static async open(host: Host, plan: LanPlan, programs?: ControlPlanePrograms): Promise<Lan> {
    const namespace = await Namespace.open(host);
    try {
      const { names, nameServers } = plan;
      const hosts = [...plan.apiServers, ...nameServers].map(({ address }) => address);
      const lone = [...plan.gateways, ...hosts];
      const addresses = [...new Set([...plan.clients, ...plan.managers, ...lone.map(asCidr)])];
      await namespace.call('lan', { addresses, mtu: plan.mtu, vlan: plan.vlan });
      const certified = programs === undefined ? [] : plan.clients.map(hostOf);
      const identity = await namespace.call('apiServers', {
        servers: plan.apiServers.map(({ name, address, port }) => ({ name, address, port })),
        certifiedFor: [
          ...new Set([...plan.frontends.map(({ address }) => address), ...lone, ...certified]),
        ],
        clients: plan.clients.map(hostOf),
        ...(programs !== undefined && { programs }),
      });
      if (nameServers.length > 0) {
        const records = names.map(({ name, addresses }) => ({ name, addresses: [...addresses] }));
        await namespace.call('nameServer', { places: [...nameServers], names: records });
      }
      return new Lan(namespace, plan, identity);
    } catch (error) {
      await namespace.close();
      throw error;
    }
  }

  /**
   * A new cable into the switch, for one network card of a machine.
   *
   * @param mac absent = one of the LAN's own
   */
  async plug(port: string, mac?: string): Promise<NetworkCard> {
    const number = ++this.#cards;
    const ports = await this.#namespace.call('plug', { port });
    return { id: `net${number}`, mac: mac ?? `52:54:00:76:69:${hexByte(number)}`, ...ports };
  }

  async setCable(port: string, cable: Cable): Promise<void> {
    await this.#namespace.call('cable', { port, ...cable });
  }

  /** @param log file that the program's output is appended to */
  async start(argv: readonly string[], log: string): Promise<LanProgram> {
    const { process } = await this.#namespace.call('start', { argv: [...argv], log });
    // A program whose namespace was closed under it has ended as well.
    const exited = this.#namespace
      .call('exit', { process })
      .catch((): ProcessExit => ({ code: null, signal: 'SIGKILL' }));
    return {
      exited,
      signal: async (signal) => {
        await this.#namespace.call('signal', { process, signal });
      },
    };
  }

  async setApiServer(name: string, mode: ApiServerMode): Promise<void> {
    await this.#namespace.call('apiServerMode', { name, mode });
  }

  async setNameServer(mode: NameServerMode): Promise<void> {
    await this.#namespace.call('nameServerMode', { mode });
  }

  /** @param socket absolute path of a socket to be, by which programs outside reach an address of the LAN */
  async forward(
    socket: string,
    to: { readonly address: string; readonly port: number },
  ): Promise<void> {
    await this.#namespace.call('forward', { socket, address: to.address, port: to.port });
  }

  /**
   * Starts clients of real API servers, all through the first frontend.
   *
   * @throws VipisoError usage: there is none; sandbox: the API did not take what the clients need
   */
  async startWorkload(): Promise<void> {
    const [frontend] = this.plan.frontends;
    const family = (address: string): boolean => address.includes(':');
    const kubelet = this.plan.clients
      .map(hostOf)
      .find((client) => family(client) === family(frontend?.address ?? ''));
    if (frontend === undefined || kubelet === undefined)
      throw new VipisoError('usage', 'the cluster has no frontend for clients');
    const { address, port } = frontend;
    await this.#namespace.call('workload', { address, port, kubelet });
  }

  /** What these clients have seen since the last call. */
  async workload(): Promise<WorkloadFigures> {
    return await this.#namespace.call('worked', {});
  }

  /** Ends them, and says what became of all that was acknowledged. */
  async verifyWorkload(): Promise<WorkloadVerification> {
    return await this.#namespace.call('verifyWork', {});
  }

  async request(target: Target): Promise<Outcome> {
    return await this.#namespace.call('request', target);
  }

  /** Starts a client that asks every so many milliseconds, until `polled` ends it. */
  async poll(poller: string, target: Target, everyMs: number): Promise<void> {
    await this.#namespace.call('poll', { poller, everyMs, ...target });
  }

  async polled(poller: string, then: 'go-on' | 'end'): Promise<readonly Outcome[]> {
    const { outcomes } = await this.#namespace.call('polled', { poller, end: then === 'end' });
    return outcomes;
  }

  /**
   * Opens a long stream under a name; one that had the name is closed. Resolves when it is answered or has failed,
   * within the target's time; what became of it is in the record.
   */
  async openStream(
    name: string,
    about: { readonly kind: StreamKind; readonly target: Target },
  ): Promise<StreamRecord> {
    const { kind, target } = about;
    return await this.#namespace.call('openStream', { stream: name, kind, ...target });
  }

  async streamed(name: string, then: 'go-on' | 'end'): Promise<StreamRecord> {
    return await this.#namespace.call('streamed', { stream: name, end: then === 'end' });
  }

  /**
   * Asks the whole segment at this pace who has these addresses, so that each holder shows itself to `watch`.
   * Replaces what was asked so far; no addresses end it.
   */
  async askOwners(addresses: readonly string[], everyMs: number): Promise<void> {
    await this.#namespace.call('askOwners', { addresses: [...addresses], everyMs });
  }

  /** Every ARP, VRRP and neighbour advertisement from now on. @returns a function that ends the watching */
  watch(listener: (packetEvent: PacketEvent) => void): () => void {
    return this.#namespace.onPacketEvent(listener);
  }

  async close(): Promise<void> {
    await this.#namespace.close();
  }
}

function asCidr(host: string): string {
  const address = parseAddress(host);
  return address === undefined ? host : toCidr(address);
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}
