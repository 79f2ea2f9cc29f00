import type { FileHandle } from 'node:fs/promises';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { crc32c } from './crc32c.ts';
import { derivedGuid, guidBytes } from './partition-table.ts';

const KIB = 1024;
/** MS-VHDX 2.2: two headers, two region tables. */
const HEADERS = [64 * KIB, 128 * KIB] as const;
const REGION_TABLE = 192 * KIB;
const HEADER_BYTES = 4 * KIB;
const METADATA_REGION = '8B7CA206-4790-4B9A-B8FE-575F050F886E';
const DISK_ID_ITEM = 'BECA12AB-B2E6-4523-93EF-C309E000C746';

/**
 * Replaces what qemu-img draws at random in a closed VHDX by what follows from its content (MS-VHDX): number and
 * identifiers of each header, with its checksum; the disk's identifier in the metadata; and the log, which is empty by its header but
 * still has the entries of the conversion.
 *
 * @throws VipisoError tool-failed: it is not such a file, or was not closed
 */
export async function settleVhdx(file: FileHandle, seed: Sha256): Promise<void> {
  const read = async (position: number, length: number): Promise<Buffer> => {
    const buffer = Buffer.alloc(length);
    await file.read(buffer, 0, length, position);
    return buffer;
  };
  const headers = await Promise.all(HEADERS.map((position) => read(position, HEADER_BYTES)));
  const numbers = headers.map((header) => header.readBigUInt64LE(8));
  for (const [index, header] of headers.entries()) {
    const logGuid = header.subarray(48, 64);
    if (header.toString('latin1', 0, 4) !== 'head' || logGuid.some((byte) => byte !== 0))
      throw unknown();
    // The greater number is that of the header which holds; they begin anywhere.
    const isNewest = numbers.every((other) => other <= header.readBigUInt64LE(8));
    header.writeBigUInt64LE(isNewest ? 2n : 1n, 8);
    guidBytes(derivedGuid(seed, 'vhdx file')).copy(header, 16);
    guidBytes(derivedGuid(seed, 'vhdx data')).copy(header, 32);
    header.writeUInt32LE(0, 4);
    header.writeUInt32LE(crc32c(header), 4);
    await file.write(header, 0, HEADER_BYTES, HEADERS[index] ?? 0);
    const log = Buffer.alloc(header.readUInt32LE(68));
    await file.write(log, 0, log.length, Number(header.readBigUInt64LE(72)));
  }
  const regions = await read(REGION_TABLE, 64 * KIB);
  const metadata = entryOf(regions, 16, regions.readUInt32LE(8), METADATA_REGION);
  const at = Number(metadata.readBigUInt64LE(16));
  const table = await read(at, 64 * KIB);
  const item = entryOf(table, 32, table.readUInt16LE(10), DISK_ID_ITEM);
  const id = guidBytes(derivedGuid(seed, 'vhdx disk'));
  await file.write(id, 0, id.length, at + item.readUInt32LE(16));
}

/** Entries of both tables have 32 bytes and begin with an identifier. */
function entryOf(table: Buffer, start: number, count: number, id: string): Buffer {
  for (let index = 0; index < count; index++) {
    const entry = table.subarray(start + index * 32, start + (index + 1) * 32);
    if (entry.length === 32 && entry.subarray(0, 16).equals(guidBytes(id))) return entry;
  }
  throw unknown();
}

function unknown(): VipisoError {
  return new VipisoError('tool-failed', 'qemu-img wrote a VHDX file of an unknown form');
}
