/** IEEE 802.1Q tags (802.1Q-2018, 9.6): four bytes behind the two addresses. */
const ADDRESSES_BYTES = 12;
const TAG_BYTES = 4;
const TAG_PROTOCOL = 0x8100;
const VLAN_ID_MASK = 0x0fff;

export function withTag(frame: Buffer, vlan: number): Buffer {
  const tag = Buffer.alloc(TAG_BYTES);
  tag.writeUInt16BE(TAG_PROTOCOL, 0);
  tag.writeUInt16BE(vlan, 2);
  return Buffer.concat([frame.subarray(0, ADDRESSES_BYTES), tag, frame.subarray(ADDRESSES_BYTES)]);
}

/** The frame as it was before it was tagged for `vlan`; undefined for one that belongs to no or another VLAN. */
export function withoutTag(frame: Buffer, vlan: number): Buffer | undefined {
  if (frame.length < ADDRESSES_BYTES + TAG_BYTES) return undefined;
  if (frame.readUInt16BE(ADDRESSES_BYTES) !== TAG_PROTOCOL) return undefined;
  if ((frame.readUInt16BE(ADDRESSES_BYTES + 2) & VLAN_ID_MASK) !== vlan) return undefined;
  return Buffer.concat([
    frame.subarray(0, ADDRESSES_BYTES),
    frame.subarray(ADDRESSES_BYTES + TAG_BYTES),
  ]);
}
