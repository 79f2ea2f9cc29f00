import { fatEntries } from '../../formats/fat-folder.ts';
import type { ReadAt } from '../iso9660/regions.ts';

const END_OF_CHAIN = 0x0f_ff_ff_f8;

/** What a FAT32 file system holds, and what of it is not as it should be. */
export interface Fat32Content {
  /** By path in lower case: short names alone. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly findings: readonly string[];
}

/**
 * Reads a small FAT32 file system (Microsoft FAT specification, 2005): every file, and whether the copies of the FAT are
 * equal and every cluster that no file has is free and zero.
 *
 * @param read bytes of the file system from its begin
 * @param size bytes of the partition that it has to fill
 */
export async function readFat32(read: ReadAt, size: number): Promise<Fat32Content> {
  const all = await read(0, size);
  const sector = all.readUInt16LE(11);
  const cluster = sector * all.readUInt8(13);
  const reserved = all.readUInt16LE(14) * sector;
  const fats = all.readUInt8(16);
  const fatBytes = all.readUInt32LE(36) * sector;
  const data = reserved + fats * fatBytes;
  const isFat32 = all.toString('latin1', 82, 90) === 'FAT32   ' && all.readUInt16LE(22) === 0;
  if (!isFat32 || cluster === 0 || data >= size)
    return { files: new Map(), findings: ['no FAT32'] };
  if (all.readUInt32LE(32) * sector !== size)
    return { files: new Map(), findings: ['does not fill its partition'] };

  const fat = all.subarray(reserved, reserved + fatBytes);
  const findings: string[] = [];
  for (let copy = 1; copy < fats; copy++) {
    const start = reserved + copy * fatBytes;
    if (!all.subarray(start, start + fatBytes).equals(fat)) findings.push('its FATs differ');
  }
  const used = new Set<number>();
  const chain = (first: number): Buffer => {
    const parts: Buffer[] = [];
    for (
      let at = first;
      at >= 2 && at < END_OF_CHAIN;
      at = fat.readUInt32LE(at * 4) & 0x0f_ff_ff_ff
    ) {
      if (used.has(at) || at * 4 + 4 > fat.length) {
        findings.push('a chain of clusters is broken');
        break;
      }
      used.add(at);
      const start = data + (at - 2) * cluster;
      parts.push(all.subarray(start, start + cluster));
    }
    return Buffer.concat(parts);
  };
  const files = new Map<string, Buffer>();
  const walk = (folder: string, first: number): void => {
    for (const entry of fatEntries(chain(first))) {
      const path = `${folder}${entry.shortName}`;
      if (entry.isFolder) walk(`${path}/`, entry.first);
      else {
        const content = chain(entry.first);
        files.set(path, content.subarray(0, entry.size));
        if (content.subarray(entry.size).some((byte) => byte !== 0))
          findings.push(`bytes follow /${path}`);
      }
    }
  };
  walk('', all.readUInt32LE(44));
  const clusters = Math.floor((size - data) / cluster);
  for (let at = 2; at < clusters + 2; at++) {
    const start = data + (at - 2) * cluster;
    if (used.has(at)) continue;
    if (fat.readUInt32LE(at * 4) === 0 && isZero(all.subarray(start, start + cluster))) continue;
    findings.push(`cluster ${at} belongs to no file and is not free and zero`);
    break;
  }
  return { files, findings };
}

/** Unlike `every`, fast. */
function isZero(bytes: Buffer): boolean {
  return bytes.equals(ZEROS.subarray(0, bytes.length));
}

const ZEROS = Buffer.alloc(64 * 1024);
