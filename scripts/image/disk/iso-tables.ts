import type { IsoImage } from '../iso9660/iso-image.ts';
import { SECTOR } from './partition-table.ts';

const SYSTEM_AREA = 32 * 1024;

/**
 * Where an ISO has what makes it a disk of its own: boot code and partition tables in the system area (ECMA-119, 6.2.1),
 * and the second table. Inside of a partition that would be a disk in a disk. Bytes from the begin of the ISO.
 */
export async function isoTables(
  image: Pick<IsoImage, 'readAt'>,
): Promise<readonly { readonly start: number; readonly end: number }[]> {
  const areas = [{ start: 0, end: SYSTEM_AREA }];
  const header = await image.readAt(SECTOR, SECTOR);
  if (header.toString('latin1', 0, 8) !== 'EFI PART') return areas;
  const at = Number(header.readBigUInt64LE(32)) * SECTOR;
  const second = await image.readAt(at, SECTOR);
  const entries = Number(second.readBigUInt64LE(72)) * SECTOR;
  const size = second.readUInt32LE(80) * second.readUInt32LE(84);
  return [...areas, { start: entries, end: entries + size }, { start: at, end: at + SECTOR }];
}
