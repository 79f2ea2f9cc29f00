import ipaddr from 'ipaddr.js';

const BROADCAST = Buffer.alloc(6, 0xff);
const UNSPECIFIED_IPV4 = Buffer.alloc(4);
/** EtherType, Ethernet, IPv4, lengths of their addresses, and operation 1: the question (RFC 826). */
const ARP_QUESTION = Buffer.from('08060001080006040001', 'hex');
const NEIGHBOUR_SOLICITATION = 135;
const SOURCE_LINK_LAYER_ADDRESS = 1;
const ICMP6 = 58;
/** Neighbour discovery ignores what may have come through a router (RFC 4861, section 7.1.1). */
const HOP_LIMIT = 255;

/**
 * The frame that asks the whole segment who has an address. The asker gives no IPv4 address of its own, so that
 * nobody's ARP cache changes by the question (RFC 5227, section 1.1); every holder of the address answers it.
 *
 * @param mac of the asker: answers go there
 */
export function ownerQuestion(address: string, mac: string): Buffer {
  const asker = Buffer.from(mac.replaceAll(':', ''), 'hex');
  const target = Buffer.from(ipaddr.parse(address).toByteArray());
  return target.length === 4 ? arpQuestion(target, asker) : neighbourSolicitation(target, asker);
}

function arpQuestion(target: Buffer, asker: Buffer): Buffer {
  const ignored = Buffer.alloc(6);
  const arp = [ARP_QUESTION, asker, UNSPECIFIED_IPV4, ignored, target];
  return Buffer.concat([BROADCAST, asker, ...arp]);
}

/** RFC 4861, section 4.3, from the asker's link-local address to the target's solicited-node group. */
function neighbourSolicitation(target: Buffer, asker: Buffer): Buffer {
  const group = Buffer.concat([
    Buffer.from('ff0200000000000000000001ff', 'hex'),
    target.subarray(13),
  ]);
  const option = Buffer.concat([Buffer.of(SOURCE_LINK_LAYER_ADDRESS, 1), asker]);
  const message = Buffer.concat([
    Buffer.of(NEIGHBOUR_SOLICITATION, 0, 0, 0, 0, 0, 0, 0),
    target,
    option,
  ]);
  const addresses = Buffer.concat([linkLocalOf(asker), group]);
  message.writeUInt16BE(checksumOf(addresses, message), 2);
  const header = Buffer.of(0x60, 0, 0, 0, 0, message.length, ICMP6, HOP_LIMIT);
  const groupMac = Buffer.concat([Buffer.from('3333', 'hex'), group.subarray(12)]);
  const etherType = Buffer.from('86dd', 'hex');
  return Buffer.concat([groupMac, asker, etherType, header, addresses, message]);
}

/** RFC 4291, appendix A. */
function linkLocalOf(mac: Buffer): Buffer {
  const identifier = Buffer.concat([mac.subarray(0, 3), Buffer.of(0xff, 0xfe), mac.subarray(3)]);
  identifier.writeUInt8(identifier.readUInt8(0) ^ 0x02, 0);
  return Buffer.concat([Buffer.from('fe80000000000000', 'hex'), identifier]);
}

/** The checksum over the pseudo header and the message, whose own checksum field is zero (RFC 8200, section 8.1). */
function checksumOf(addresses: Buffer, message: Buffer): number {
  const pseudo = Buffer.concat([addresses, Buffer.of(0, 0, 0, message.length, 0, 0, 0, ICMP6)]);
  const bytes = Buffer.concat([pseudo, message]);
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum >>> 16) + (sum & 0xffff);
  return ~sum & 0xffff;
}
