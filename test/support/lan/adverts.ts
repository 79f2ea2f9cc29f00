import type { PacketEvent } from '../../../scripts/boot/lan/protocol.ts';

/** One VRRP advert as the switch saw it. */
export function advert(at: number, port: string, priority = 100): PacketEvent {
  const packet = {
    kind: 'vrrp',
    version: 2,
    virtualRouterId: 51,
    priority,
    sourceMac: '52:54:00:76:69:01',
    source: '192.168.9.137',
    addresses: ['192.168.9.139'],
  } as const;
  return { at, port, packet };
}

/** Adverts once a second, both ends included. */
export function adverts(port: string, from: number, until: number): readonly PacketEvent[] {
  const count = Math.floor((until - from) / 1000) + 1;
  return Array.from({ length: count }, (_, i) => advert(from + i * 1000, port));
}

export function inOrder(...parts: readonly (readonly PacketEvent[])[]): readonly PacketEvent[] {
  return parts.flat().sort((a, b) => a.at - b.at);
}

/** Gratuitous ARP. */
export function announcement(at: number, port: string, address: string): PacketEvent {
  const packet = {
    kind: 'arp',
    operation: 'request',
    senderMac: '52:54:00:76:69:01',
    senderAddress: address,
    targetAddress: address,
  } as const;
  return { at, port, packet };
}
