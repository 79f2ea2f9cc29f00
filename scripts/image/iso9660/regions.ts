import type { DirectoryRecord } from './directory-records.ts';
import { readDirectoryRecords } from './directory-records.ts';

/** A stretch of an image that something in it gives a meaning (ECMA-119; partition tables: UEFI 2.10, section 5). Bytes from the begin; `end` does not belong to it. */
export interface Region {
  readonly kind: 'structure' | 'file';
  readonly start: number;
  readonly end: number;
}

/** Reads bytes of the image at a position. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;

const BLOCK = 2048;
const SECTOR = 512;
const SYSTEM_AREA = 16 * BLOCK;
const MAX_FOLDERS = 100_000;

/**
 * Every region of an image that is named: the system area with its partition tables, the volume descriptors, path
 * tables, folders and files of both trees (Rock Ridge and Joliet), and the partition table at the end.
 *
 * @param descriptors the volume descriptors without the one that ends them, each a block
 */
export async function namedRegions(
  read: ReadAt,
  descriptors: readonly Buffer[],
): Promise<readonly Region[]> {
  const regions: Region[] = [
    { kind: 'structure', start: 0, end: SYSTEM_AREA + (descriptors.length + 1) * BLOCK },
    ...(await backupTable(read)),
  ];
  for (const descriptor of descriptors) {
    // Boot records (0) have neither.
    if (descriptor[0] !== 1 && descriptor[0] !== 2) continue;
    const tableSize = descriptor.readUInt32LE(132);
    for (const table of [descriptor.readUInt32LE(140), descriptor.readUInt32BE(148)]) {
      if (table > 0) regions.push(blocks('structure', table, tableSize));
    }
    const [root] = readDirectoryRecords(descriptor.subarray(156, 190));
    if (root !== undefined) regions.push(...(await regionsOfTree(read, root)));
  }
  return regions.sort((a, b) => a.start - b.start);
}

async function regionsOfTree(read: ReadAt, root: DirectoryRecord): Promise<readonly Region[]> {
  const regions: Region[] = [];
  const pending = [root];
  const continued = async (block: number, offset: number, size: number): Promise<Buffer> => {
    const start = block * BLOCK + offset;
    regions.push({ kind: 'structure', start, end: start + size });
    return await read(start, size);
  };
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    regions.push(blocks('structure', folder.block, folder.size));
    if (regions.length > MAX_FOLDERS) return regions;
    for (const child of readDirectoryRecords(await read(folder.block * BLOCK, folder.size))) {
      await child.rockRidge(continued);
      if (child.isSelfOrParent) continue;
      if (child.isDirectory) pending.push(child);
      else if (child.size > 0) regions.push(blocks('file', child.block, child.size));
    }
  }
  return regions;
}

/** The second GUID partition table, which the first one names (UEFI specification, 5.3.2). */
async function backupTable(read: ReadAt): Promise<readonly Region[]> {
  const header = await read(SECTOR, SECTOR);
  if (header.toString('latin1', 0, 8) !== 'EFI PART') return [];
  const at = Number(header.readBigUInt64LE(32)) * SECTOR;
  const backup = await read(at, SECTOR);
  if (backup.toString('latin1', 0, 8) !== 'EFI PART') return [];
  const entries = Number(backup.readBigUInt64LE(72)) * SECTOR;
  const size = backup.readUInt32LE(80) * backup.readUInt32LE(84);
  return [
    { kind: 'structure', start: at, end: at + SECTOR },
    { kind: 'structure', start: entries, end: entries + size },
  ];
}

function blocks(kind: Region['kind'], block: number, size: number): Region {
  return { kind, start: block * BLOCK, end: block * BLOCK + size };
}

/** What lies between the regions, up to `end`. @param regions sorted by their start */
export function gapsBetween(
  regions: readonly Region[],
  end: number,
): readonly { readonly start: number; readonly end: number }[] {
  const gaps: { start: number; end: number }[] = [];
  let at = 0;
  for (const region of regions) {
    if (region.start > at) gaps.push({ start: at, end: Math.min(region.start, end) });
    at = Math.max(at, region.end);
  }
  if (at < end) gaps.push({ start: at, end });
  return gaps;
}
