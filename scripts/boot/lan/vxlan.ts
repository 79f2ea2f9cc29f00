/** VXLAN (RFC 7348, section 5): an Ethernet frame behind eight bytes of UDP payload. */
const HEADER_BYTES = 8;
const VNI_PRESENT = 0x08;

/** The segment number of our LAN: one namespace holds one segment, so any constant will do. */
export const VXLAN_SEGMENT = 1;

export function wrapFrame(frame: Buffer): Buffer {
  const packet = Buffer.alloc(HEADER_BYTES + frame.length);
  packet.writeUInt8(VNI_PRESENT, 0);
  packet.writeUInt32BE(VXLAN_SEGMENT << 8, 4);
  frame.copy(packet, HEADER_BYTES);
  return packet;
}

/** The frame inside a packet, or undefined if it is not one of our segment. */
export function unwrapFrame(packet: Buffer): Buffer | undefined {
  if (packet.length <= HEADER_BYTES || packet[0] !== VNI_PRESENT) return undefined;
  if (packet.readUInt32BE(4) >>> 8 !== VXLAN_SEGMENT) return undefined;
  return packet.subarray(HEADER_BYTES);
}
