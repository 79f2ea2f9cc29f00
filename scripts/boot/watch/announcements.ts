import type { Sighting } from '../lan/protocol.ts';

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
  sightings: readonly Sighting[],
  addresses: readonly string[],
): readonly Announcement[] {
  return sightings.flatMap(({ at, port, note }) => {
    const address = announcedBy(note);
    return address !== undefined && addresses.includes(address) ? [{ at, port, address }] : [];
  });
}

function announcedBy(note: Sighting['note']): string | undefined {
  switch (note.kind) {
    case 'arp':
      return note.senderAddress === note.targetAddress ? note.senderAddress : undefined;
    case 'neighbour-advertisement':
      return note.override ? note.target : undefined;
    case 'vrrp':
      return undefined;
  }
}
