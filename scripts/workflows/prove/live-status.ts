import type { Host } from '../../host/host.ts';
import type { Performance } from './act.ts';
import { nodeOfPort } from './cast.ts';
import { handOverMs } from './judge.ts';

const SHOW_EVERY_MS = 500;
const HOLDS_FOR_MS = 300;
const ID = 'prove';

/** Shows on a terminal how things stand while a pair is being broken. */
export class LiveStatus {
  readonly #host: Host;
  readonly #performance: Performance;
  #doing = 'watching';
  #shownAt = 0;

  constructor(host: Host, performance: Performance) {
    this.#host = host;
    this.#performance = performance;
    performance.observer.onLook = () => this.#look();
  }

  /** @param doing what is being done to the pair: the title of an act */
  set doing(doing: string) {
    this.#doing = doing;
  }

  end(): void {
    this.#performance.observer.onLook = () => undefined;
    this.#host.report({ type: 'status', id: ID, text: '', data: {} });
  }

  #look(): void {
    const now = this.#host.now();
    if (now - this.#shownAt < SHOW_EVERY_MS) return;
    this.#shownAt = now;
    const { cluster, observer } = this.#performance;
    const holder = observer.holder(cluster, HOLDS_FOR_MS)?.hostname;
    const nodes = cluster.nodes.map(({ hostname }) => ({
      node: hostname,
      state: this.#stateOf(hostname, now),
      holdsVip: hostname === holder,
    }));
    const lost = observer.seats
      .flatMap(({ outcomes }) => outcomes)
      .filter(({ result }) => result.kind === 'failed').length;
    const shown = nodes.map(
      ({ node, state, holdsVip }) => `${node} ${state}${holdsVip ? ' = VIP' : ''}`,
    );
    const vip = holder === undefined ? 'nobody answers at the VIP' : '';
    const text = [...shown, vip, `${lost} requests lost`, this.#doing]
      .filter((it) => it !== '')
      .join(' · ');
    const data = { nodes, lost, doing: this.#doing };
    this.#host.report({ type: 'status', id: ID, text, data });
  }

  #stateOf(hostname: string, now: number): 'off' | 'MASTER' | 'BACKUP' {
    const { off, observer, cluster } = this.#performance;
    if (off.has(hostname)) return 'off';
    const recent = now - handOverMs(cluster);
    const speaks = observer.sightings.findLast(
      ({ at, port, note }) => at >= recent && note.kind === 'vrrp' && nodeOfPort(port) === hostname,
    );
    return speaks?.note.kind === 'vrrp' && speaks.note.priority > 0 ? 'MASTER' : 'BACKUP';
  }
}
