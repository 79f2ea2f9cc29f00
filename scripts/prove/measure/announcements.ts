import type { PacketEvent } from '../../boot/lan/protocol.ts';

/** A machine told the LAN, unasked, that an address is its own. `at` in milliseconds since the epoch. */
export interface Announcement {
  readonly at: number;
  readonly port: string;
  readonly address: string;
}

/**
 * Gratuitous ARP (RFC 5227, section 3: sender and target address are the same) and unsolicited neighbour advertisements
 * with the override flag (RFC 4861, section 7.2.6) for one of the addresses.
 */
export function announcementsIn(
  packetEvents: readonly PacketEvent[],
  addresses: readonly string[],
): readonly Announcement[] {
  return packetEvents.flatMap(({ at, port, packet }) => {
    const address = announcedBy(packet);
    return address !== undefined && addresses.includes(address) ? [{ at, port, address }] : [];
  });
}

function announcedBy(packet: PacketEvent['packet']): string | undefined {
  switch (packet.kind) {
    case 'arp':
      return packet.senderAddress === packet.targetAddress ? packet.senderAddress : undefined;
    case 'neighbour-advertisement':
      return packet.override ? packet.target : undefined;
    case 'vrrp':
      return undefined;
  }
}
