import type { PacketEvent } from '../../boot/lan/protocol.ts';

/** A machine said on the wire that it holds an address. Milliseconds since the epoch. */
export interface Claim {
  readonly at: number;
  readonly machine: string;
  readonly mac: string;
}

/** Two machines that held one address at the same time. */
export interface Duplicate {
  readonly machines: readonly [string, string];
  readonly from: number;
  readonly until: number;
}

interface ClaimPeriod {
  readonly machine: string;
  readonly from: number;
  readonly until: number;
}

/**
 * Every claim of an address: ARP in which it is the sender's (RFC 826: questions teach as answers do), and neighbour
 * advertisements. A port is `machine/card`: a kernel answers for its addresses at every card on the segment.
 *
 * @param address in its shortest form
 */
export function claimsOf(packetEvents: readonly PacketEvent[], address: string): readonly Claim[] {
  return packetEvents.flatMap(({ at, port, packet }): readonly Claim[] => {
    const [machine = port] = port.split('/');
    switch (packet.kind) {
      case 'arp':
        return packet.senderAddress === address ? [{ at, machine, mac: packet.senderMac }] : [];
      case 'neighbour-advertisement':
        return packet.target === address ? [{ at, machine, mac: packet.sourceMac }] : [];
      case 'vrrp':
        return [];
    }
  });
}

/**
 * Where two machines claimed the address side by side. A hand-over is not a duplicate: there the one falls silent when
 * the other begins.
 *
 * @param claims of one address, in the order of time
 * @param limits `silenceMs`: a machine that claims nothing for so long has let go of the address, so more than the
 *   pace of the questions that make it speak. `toleranceMs`: overlap that a hand-over may have.
 */
export function duplicatesIn(
  claims: readonly Claim[],
  limits: { readonly silenceMs: number; readonly toleranceMs: number },
): readonly Duplicate[] {
  const claimPeriods = claimPeriodsOf(claims, limits.silenceMs);
  return claimPeriods.flatMap((first, i) =>
    claimPeriods.slice(i + 1).flatMap((second): readonly Duplicate[] => {
      const from = Math.max(first.from, second.from);
      const until = Math.min(first.until, second.until);
      if (first.machine === second.machine || until - from <= limits.toleranceMs) return [];
      return [{ machines: [first.machine, second.machine], from, until }];
    }),
  );
}

function claimPeriodsOf(claims: readonly Claim[], silenceMs: number): readonly ClaimPeriod[] {
  const ended: ClaimPeriod[] = [];
  const open = new Map<string, ClaimPeriod>();
  for (const { at, machine } of claims) {
    const current = open.get(machine);
    const goesOn = current !== undefined && at - current.until <= silenceMs;
    if (current !== undefined && !goesOn) ended.push(current);
    open.set(machine, { machine, from: goesOn ? current.from : at, until: at });
  }
  return [...ended, ...open.values()].sort((a, b) => a.from - b.from);
}
