import { VipisoError } from '../core/errors.ts';
import { fatEntries } from './fat-folder.ts';

const ENTRY_BYTES = 32;
/** No EFI image of ours is deeper, and a folder that holds itself must end. */
const MAX_DEPTH = 16;

interface Layout {
  readonly bytes: Buffer;
  readonly bits: 12 | 16;
  readonly fat: Buffer;
  readonly clusterBytes: number;
  /** Where cluster 2 is. */
  readonly dataStart: number;
  readonly root: Buffer;
  readonly what: string;
}

/**
 * The files of a FAT12 or FAT16 file system by path, in the case that long names give or else in lower case (Microsoft
 * FAT specification, sections 3 to 7).
 *
 * @param what names it in messages
 * @throws VipisoError malformed-archive
 */
export function readFat(bytes: Buffer, what: string): ReadonlyMap<string, Buffer> {
  const layout = layoutOf(bytes, what);
  const files = new Map<string, Buffer>();
  readFolder(layout, layout.root, '', files, 0);
  return files;
}

function layoutOf(bytes: Buffer, what: string): Layout {
  if (bytes.length < 512 || bytes.readUInt16LE(510) !== 0xaa55)
    throw refusal(what, 'no boot sector');
  const sectorBytes = bytes.readUInt16LE(11);
  const clusterBytes = (bytes[13] ?? 0) * sectorBytes;
  const fatStart = bytes.readUInt16LE(14) * sectorBytes;
  const fatBytes = bytes.readUInt16LE(22) * sectorBytes;
  const rootStart = fatStart + (bytes[16] ?? 0) * fatBytes;
  const rootBytes = bytes.readUInt16LE(17) * ENTRY_BYTES;
  const dataStart = rootStart + Math.ceil(rootBytes / (sectorBytes || 1)) * sectorBytes;
  if (clusterBytes === 0 || fatBytes === 0 || dataStart > bytes.length)
    throw refusal(what, 'its boot sector describes no FAT12 or FAT16');
  const sectors = bytes.readUInt16LE(19) || bytes.readUInt32LE(32);
  const clusters = Math.floor((sectors * sectorBytes - dataStart) / clusterBytes);
  return {
    bytes,
    // Section 3.5: the number of clusters alone decides.
    bits: clusters < 4085 ? 12 : 16,
    fat: bytes.subarray(fatStart, fatStart + fatBytes),
    clusterBytes,
    dataStart,
    root: bytes.subarray(rootStart, rootStart + rootBytes),
    what,
  };
}

function readFolder(
  layout: Layout,
  folder: Buffer,
  path: string,
  files: Map<string, Buffer>,
  depth: number,
): void {
  if (depth > MAX_DEPTH) throw refusal(layout.what, 'its folders form a loop');
  for (const { name, isFolder, first, size } of fatEntries(folder)) {
    const content = chain(layout, first & 0xffff);
    const place = path === '' ? name : `${path}/${name}`;
    if (isFolder) readFolder(layout, content, place, files, depth + 1);
    else files.set(place, content.subarray(0, size));
  }
}

function chain(layout: Layout, start: number): Buffer {
  const { bytes, fat, bits, clusterBytes, dataStart, what } = layout;
  const parts: Buffer[] = [];
  const most = Math.ceil(bytes.length / clusterBytes);
  for (let cluster = start; cluster >= 2 && cluster < (bits === 12 ? 0xff8 : 0xfff8);) {
    const from = dataStart + (cluster - 2) * clusterBytes;
    if (parts.length > most || from >= bytes.length) throw refusal(what, 'a file leads outside');
    parts.push(bytes.subarray(from, from + clusterBytes));
    cluster = nextCluster(fat, bits, cluster, what);
  }
  return Buffer.concat(parts);
}

function nextCluster(fat: Buffer, bits: 12 | 16, cluster: number, what: string): number {
  const at = bits === 12 ? cluster + (cluster >> 1) : cluster * 2;
  if (at + 2 > fat.length) throw refusal(what, 'a file leads outside');
  const word = fat.readUInt16LE(at);
  if (bits === 16) return word;
  return cluster % 2 === 0 ? word & 0xfff : word >> 4;
}

function refusal(what: string, reason: string): VipisoError {
  return new VipisoError(
    'malformed-archive',
    `${what} is no FAT file system that can be read: ${reason}`,
  );
}
