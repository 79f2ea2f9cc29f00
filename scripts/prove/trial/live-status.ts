import type { Host } from '../../host/host.ts';
import { nodeOfPort } from '../switch-port.ts';
import { ofGroup } from './groups.ts';
import { handOverMs } from './judge.ts';
import type { TrialContext } from './run-step.ts';

const SHOW_EVERY_MS = 500;
const HOLDS_FOR_MS = 300;
const ID = 'prove';

/** Shows on a terminal how things stand while a pair is being broken. */
export class LiveStatus {
  readonly #host: Host;
  readonly #context: TrialContext;
  #step = 'watching';
  #shownAt = 0;

  constructor(host: Host, context: TrialContext) {
    this.#host = host;
    this.#context = context;
    context.observer.onPoll = () => this.#look();
  }

  /** @param title of the step that is being run */
  set step(title: string) {
    this.#step = title;
  }

  end(): void {
    this.#context.observer.onPoll = () => undefined;
    this.#host.report({ type: 'status', id: ID, text: '', data: {} });
  }

  #look(): void {
    const now = this.#host.now();
    if (now - this.#shownAt < SHOW_EVERY_MS) return;
    this.#shownAt = now;
    const { cluster, observer } = this.#context;
    const { groups } = cluster.vrrp;
    const holders = groups.map(
      (group) => [group.name, observer.holder(cluster, group, HOLDS_FOR_MS)?.hostname] as const,
    );
    const heldBy = (hostname: string): readonly string[] =>
      holders.flatMap(([name, holder]) => (holder === hostname ? [name] : []));
    const nodes = cluster.nodes.map(({ hostname }) => ({
      node: hostname,
      state: this.#stateOf(hostname, now),
      hasVip: heldBy(hostname).length > 0,
    }));
    const failedRequests = observer.probeClients
      .flatMap(({ outcomes }) => outcomes)
      .filter(({ result }) => result.kind === 'failed').length;
    const shown = nodes.map(
      ({ node, state, hasVip }) =>
        `${node} ${state}${hasVip ? ` = ${groups.length > 1 ? heldBy(node).join(', ') : 'VIP'}` : ''}`,
    );
    const silent = groups.filter((_, index) => holders[index]?.[1] === undefined);
    const vips = silent.map((group) => `nobody answers at the VIP${ofGroup(group, cluster)}`);
    const text = [...shown, ...vips, `${failedRequests} requests failed`, this.#step]
      .filter((it) => it !== '')
      .join(' · ');
    const data = { nodes, failedRequests, step: this.#step };
    this.#host.report({ type: 'status', id: ID, text, data });
  }

  #stateOf(hostname: string, now: number): 'off' | 'MASTER' | 'BACKUP' {
    const { off, observer, cluster } = this.#context;
    if (off.has(hostname)) return 'off';
    const recent = now - handOverMs(cluster);
    const speaks = observer.packetEvents.findLast(
      ({ at, port, packet }) =>
        at >= recent && packet.kind === 'vrrp' && nodeOfPort(port) === hostname,
    );
    return speaks?.packet.kind === 'vrrp' && speaks.packet.priority > 0 ? 'MASTER' : 'BACKUP';
  }
}
