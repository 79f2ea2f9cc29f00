import ipaddr from 'ipaddr.js';

/**
 * What the LAN's watcher reads from a frame: only what tells who owns an address. Layouts: Ethernet II and
 * 802.1Q, ARP (RFC 826), VRRP v2/v3 (RFC 3768, RFC 9568), IPv6 neighbour advertisements (RFC 4861, section 4.4).
 */
export type Packet =
  | {
      readonly kind: 'arp';
      readonly operation: 'request' | 'reply';
      readonly senderMac: string;
      readonly senderAddress: string;
      readonly targetAddress: string;
    }
  | {
      readonly kind: 'vrrp';
      readonly version: number;
      readonly virtualRouterId: number;
      /** 0 = the sender stops being master; 255 = it owns the address. */
      readonly priority: number;
      readonly sourceMac: string;
      readonly source: string;
      /** IPv4 only: v6 adverts list addresses that the watcher does not need. */
      readonly addresses: readonly string[];
    }
  | {
      readonly kind: 'neighbour-advertisement';
      readonly sourceMac: string;
      readonly target: string;
      readonly override: boolean;
    };

const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd } as const;
const PROTOCOL = { vrrp: 112, icmp6: 58 } as const;
const NEIGHBOUR_ADVERTISEMENT = 136;
const ETHERNET_HEADER = 14;

/** Destination and source of a frame, or undefined for a runt. */
export function macsOf(
  frame: Buffer,
): { readonly destination: string; readonly source: string } | undefined {
  if (frame.length < ETHERNET_HEADER) return undefined;
  return { destination: formatMac(frame, 0), source: formatMac(frame, 6) };
}

/** The address that an untagged frame's IP packet comes from; undefined for what is not IP. */
export function sourceOf(frame: Buffer): string | undefined {
  if (frame.length < ETHERNET_HEADER + 40) return undefined;
  switch (frame.readUInt16BE(12)) {
    case ETHERTYPE.ipv4:
      return formatIpv4(frame, ETHERNET_HEADER + 12);
    case ETHERTYPE.ipv6:
      return formatIpv6(frame, ETHERNET_HEADER + 8);
    default:
      return undefined;
  }
}

/** Broadcast and multicast destinations have the lowest bit of the first byte set (IEEE 802). */
export function isGroupMac(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
}

/** The note of a frame, or undefined for everything that says nothing of who owns an address. */
export function packetOf(frame: Buffer): Packet | undefined {
  if (frame.length < ETHERNET_HEADER) return undefined;
  const tagged = frame.readUInt16BE(12) === ETHERTYPE.vlan;
  const start = tagged ? ETHERNET_HEADER + 4 : ETHERNET_HEADER;
  if (frame.length < start) return undefined;
  const payload = frame.subarray(start);
  switch (frame.readUInt16BE(start - 2)) {
    case ETHERTYPE.arp:
      return arpPacket(payload);
    case ETHERTYPE.ipv4:
      return vrrpPacket(payload, formatMac(frame, 6));
    case ETHERTYPE.ipv6:
      return ipv6Packet(payload, formatMac(frame, 6));
    default:
      return undefined;
  }
}

function arpPacket(arp: Buffer): Packet | undefined {
  if (arp.length < 28 || arp.readUInt16BE(2) !== ETHERTYPE.ipv4) return undefined;
  return {
    kind: 'arp',
    operation: arp.readUInt16BE(6) === 1 ? 'request' : 'reply',
    senderMac: formatMac(arp, 8),
    senderAddress: formatIpv4(arp, 14),
    targetAddress: formatIpv4(arp, 24),
  };
}

function vrrpPacket(packet: Buffer, sourceMac: string): Packet | undefined {
  if (packet.length < 28 || packet[9] !== PROTOCOL.vrrp) return undefined;
  const vrrp = packet.subarray(((packet[0] ?? 0) & 0x0f) * 4);
  if (vrrp.length < 8) return undefined;
  const count = Math.min(vrrp.readUInt8(3), Math.floor((vrrp.length - 8) / 4));
  return {
    kind: 'vrrp',
    version: vrrp.readUInt8(0) >> 4,
    virtualRouterId: vrrp.readUInt8(1),
    priority: vrrp.readUInt8(2),
    sourceMac,
    source: formatIpv4(packet, 12),
    addresses: Array.from({ length: count }, (_, i) => formatIpv4(vrrp, 8 + i * 4)),
  };
}

function ipv6Packet(packet: Buffer, sourceMac: string): Packet | undefined {
  const body = packet.subarray(40);
  if (packet[6] === PROTOCOL.vrrp && body.length >= 8) {
    return {
      kind: 'vrrp',
      version: body.readUInt8(0) >> 4,
      virtualRouterId: body.readUInt8(1),
      priority: body.readUInt8(2),
      sourceMac,
      source: formatIpv6(packet, 8),
      addresses: [],
    };
  }
  if (packet[6] !== PROTOCOL.icmp6 || body[0] !== NEIGHBOUR_ADVERTISEMENT || body.length < 24)
    return undefined;
  return {
    kind: 'neighbour-advertisement',
    sourceMac,
    target: formatIpv6(body, 8),
    override: (body.readUInt8(4) & 0x20) !== 0,
  };
}

function formatMac(bytes: Buffer, offset: number): string {
  return bytes.toString('hex', offset, offset + 6).replace(/(..)(?=.)/g, '$1:');
}

function formatIpv4(bytes: Buffer, offset: number): string {
  return bytes.subarray(offset, offset + 4).join('.');
}

function formatIpv6(bytes: Buffer, offset: number): string {
  return ipaddr.fromByteArray([...bytes.subarray(offset, offset + 16)]).toString();
}
