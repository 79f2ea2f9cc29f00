import { crc32 } from 'node:zlib';
import type { ReadAt } from '../iso9660/regions.ts';
import { PARTITION_TYPES, SECTOR, TABLE_SECTORS, guidBytes } from './partition-table.ts';

/** A partition as a table has it; bytes. */
export interface FoundPartition {
  readonly type: keyof typeof PARTITION_TYPES | undefined;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly attributes: bigint;
}

/**
 * Reads both GUID partition tables of a disk (UEFI specification, 5.3).
 *
 * @returns what is wrong, where the two are not sound and equal
 */
export async function readPartitions(
  read: ReadAt,
  diskBytes: number,
): Promise<readonly FoundPartition[] | string> {
  const last = diskBytes - SECTOR;
  const first = await readTable(read, SECTOR);
  const second = await readTable(read, last);
  if (first === undefined || second === undefined) return 'a partition table is damaged';
  const places =
    first.other === last &&
    second.other === SECTOR &&
    first.at === 2 * SECTOR &&
    second.at === last - (TABLE_SECTORS - 1) * SECTOR;
  if (!places || !first.entries.equals(second.entries)) return 'its partition tables do not agree';
  const partitions: FoundPartition[] = [];
  for (let at = 0; at < first.entries.length; at += first.entrySize) {
    const entry = first.entries.subarray(at, at + first.entrySize);
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    const types = Object.keys(PARTITION_TYPES) as (keyof typeof PARTITION_TYPES)[];
    partitions.push({
      type: types.find((it) => guidBytes(PARTITION_TYPES[it]).equals(entry.subarray(0, 16))),
      name: entry.toString('utf16le', 56, 128).replace(/\0+$/, ''),
      start: Number(entry.readBigUInt64LE(32)) * SECTOR,
      end: (Number(entry.readBigUInt64LE(40)) + 1) * SECTOR,
      attributes: entry.readBigUInt64LE(48),
    });
  }
  return partitions;
}

interface Table {
  readonly other: number;
  readonly at: number;
  readonly entries: Buffer;
  readonly entrySize: number;
}

/** @returns undefined for one with a wrong checksum, of itself or of its entries */
async function readTable(read: ReadAt, position: number): Promise<Table | undefined> {
  const sector = await read(position, SECTOR);
  const size = sector.readUInt32LE(12);
  if (sector.toString('latin1', 0, 8) !== 'EFI PART' || size < 92 || size > SECTOR)
    return undefined;
  const header = Buffer.from(sector.subarray(0, size));
  const sum = header.readUInt32LE(16);
  header.writeUInt32LE(0, 16);
  const rest = sector.subarray(size).some((byte) => byte !== 0);
  const own = Number(header.readBigUInt64LE(24)) * SECTOR;
  const at = Number(header.readBigUInt64LE(72)) * SECTOR;
  const entrySize = header.readUInt32LE(84);
  const entries = await read(at, header.readUInt32LE(80) * entrySize);
  const sound = crc32(header) === sum && crc32(entries) === header.readUInt32LE(88);
  if (!sound || rest || own !== position || entrySize < 128) return undefined;
  return { other: Number(header.readBigUInt64LE(32)) * SECTOR, at, entries, entrySize };
}
