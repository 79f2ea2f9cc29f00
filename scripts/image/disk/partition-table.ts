import { crc32 } from 'node:zlib';
import { sha256 } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';

export const SECTOR = 512;
/** Where partitions begin: whole MiB suit every disk and hypervisor. */
export const ALIGNMENT = 1024 * 1024;
const ENTRY_BYTES = 128;
const ENTRIES = 128;
const TABLE_BYTES = ENTRIES * ENTRY_BYTES;
/** Of each copy: a header and the entries. */
export const TABLE_SECTORS = 1 + TABLE_BYTES / SECTOR;
const HEADER_BYTES = 92;
const REVISION = 0x1_00_00;

/** Partition types (UEFI specification, 5.3.3; Discoverable Partitions Specification). */
export const PARTITION_TYPES = {
  efi: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  linux: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
} as const;

/** Attribute bit 2: gptmbr.bin starts this partition where the firmware is a BIOS. */
export const LEGACY_BIOS_BOOTABLE = 4n;

/** Bytes of a partition on a disk. */
export interface PartitionPlan {
  readonly type: keyof typeof PARTITION_TYPES;
  readonly name: string;
  readonly start: number;
  /** A multiple of the sector. */
  readonly size: number;
  readonly attributes: bigint;
}

/** Both copies of a disk's tables: the first begins with the master boot record, the second ends the disk. */
export interface DiskTables {
  readonly first: Buffer;
  readonly second: Buffer;
}

/**
 * Protective MBR and GUID partition table (UEFI specification, 5.2.3 and 5.3). Identifiers follow from `seed`, so that
 * equal content gives equal disks and no two contents share one.
 *
 * @param bootCode of the MBR, at most 440 bytes
 */
export function diskTables(
  partitions: readonly PartitionPlan[],
  about: { readonly diskBytes: number; readonly bootCode: Buffer; readonly seed: Sha256 },
): DiskTables {
  const sectors = about.diskBytes / SECTOR;
  const entries = Buffer.alloc(TABLE_BYTES);
  for (const [index, partition] of partitions.entries())
    writeEntry(entries.subarray(index * ENTRY_BYTES), partition, about.seed);
  const header = (own: number, other: number, table: number): Buffer => {
    const bytes = Buffer.alloc(SECTOR);
    bytes.write('EFI PART', 0, 'latin1');
    bytes.writeUInt32LE(REVISION, 8);
    bytes.writeUInt32LE(HEADER_BYTES, 12);
    bytes.writeBigUInt64LE(BigInt(own), 24);
    bytes.writeBigUInt64LE(BigInt(other), 32);
    bytes.writeBigUInt64LE(BigInt(1 + TABLE_SECTORS), 40);
    bytes.writeBigUInt64LE(BigInt(sectors - 1 - TABLE_SECTORS), 48);
    guidBytes(derivedGuid(about.seed, 'disk')).copy(bytes, 56);
    bytes.writeBigUInt64LE(BigInt(table), 72);
    bytes.writeUInt32LE(ENTRIES, 80);
    bytes.writeUInt32LE(ENTRY_BYTES, 84);
    bytes.writeUInt32LE(crc32(entries), 88);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_BYTES)), 16);
    return bytes;
  };
  const last = sectors - 1;
  return {
    first: Buffer.concat([masterBootRecord(about.bootCode, sectors), header(1, last, 2), entries]),
    second: Buffer.concat([entries, header(last, 1, last - TABLE_SECTORS + 1)]),
  };
}

function masterBootRecord(code: Buffer, sectors: number): Buffer {
  const bytes = Buffer.alloc(SECTOR);
  code.copy(bytes, 0, 0, 440);
  // One entry of type EE that covers all, as the specification's table 5.4 has it.
  bytes.set([0, 0, 2, 0, 0xee, 0xff, 0xff, 0xff], 446);
  bytes.writeUInt32LE(1, 454);
  bytes.writeUInt32LE(Math.min(sectors - 1, 0xff_ff_ff_ff), 458);
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

function writeEntry(to: Buffer, partition: PartitionPlan, seed: Sha256): void {
  guidBytes(PARTITION_TYPES[partition.type]).copy(to, 0);
  guidBytes(derivedGuid(seed, partition.name)).copy(to, 16);
  to.writeBigUInt64LE(BigInt(partition.start / SECTOR), 32);
  to.writeBigUInt64LE(BigInt((partition.start + partition.size) / SECTOR - 1), 40);
  to.writeBigUInt64LE(partition.attributes, 48);
  to.write(partition.name, 56, 72, 'utf16le');
}

/** An identifier that follows from what it names (RFC 9562, version 8). */
export function derivedGuid(seed: Sha256, name: string): string {
  const hex = sha256(`${seed} ${name}`);
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-').toUpperCase();
}

/** The first three parts are little-endian numbers (UEFI specification, appendix A). */
export function guidBytes(guid: string): Buffer {
  const plain = Buffer.from(guid.replaceAll('-', ''), 'hex');
  plain.subarray(0, 4).reverse();
  plain.subarray(4, 6).reverse();
  plain.subarray(6, 8).reverse();
  return plain;
}
