import type { VrrpFile } from '../schema/vrrp.ts';

/**
 * What `vrrp.profile` chooses for values that the user did not write. `reference` are the numbers of countless
 * tutorials. In both, the winner of a split announces the VIP again: the loser may go before the winner has heard it,
 * and clients would believe the loser until their neighbour tables forget it, half a minute later; an advert in answer
 * is heard. `fast` fails over in a third of a second, and treats API servers so that clients notice little:
 *
 * - version 3 carries adverts of 0.1 s; the nice value lets them leave in time on a busy machine.
 * - A second round of gratuitous ARP after 1 s, and one every 10 s, reach those who missed the first.
 * - The kernel reports a dead haproxy at once; the port check is there for one that hangs. It waits longer, because an
 *   haproxy that is slow under load must not lose the VIP to a node that the same load makes slow next. Its timeout is
 *   below its interval: keepalived 2.2 starts a second check beside one that still runs.
 * - A server that refuses costs a retry on another one, not a failed request.
 * - Sessions end with their server, after 6 s without a sign of it: a pause of the API server breaks no stream.
 */
const PROFILES = {
  reference: {
    version: 2,
    advertInt: 1,
    garp: { masterDelay: undefined, masterRefresh: undefined, afterSplit: true },
    processPriority: undefined,
    check: {
      probe: 'process',
      interval: 2,
      timeout: undefined,
      fall: undefined,
      rise: undefined,
      trackProcess: false,
    },
    haproxy: { connect: '10s', retries: undefined, redispatch: false, tcpKeepalive: false },
    server: { inter: '10s', downinter: '5s', fall: 2, shutdownSessions: false },
  },
  fast: {
    version: 3,
    advertInt: 0.1,
    garp: { masterDelay: 1, masterRefresh: 10, afterSplit: true },
    processPriority: -20,
    check: { probe: 'port', interval: 3, timeout: 2, fall: 2, rise: 1, trackProcess: true },
    haproxy: { connect: '2s', retries: 3, redispatch: true, tcpKeepalive: true },
    server: { inter: '1s', downinter: '1s', fall: 3, shutdownSessions: true },
  },
} as const;

export type Profile = (typeof PROFILES)[keyof typeof PROFILES];

/** What concerns the whole node is of the fast profile where any group is. */
export function daemonProfileOf(groups: readonly { readonly written: VrrpFile }[]): Profile {
  const isFast = groups.some(({ written }) => written.profile === 'fast');
  return PROFILES[isFast ? 'fast' : 'reference'];
}

export function profileOf(file: VrrpFile): Profile {
  return PROFILES[file.profile ?? 'reference'];
}
