const ENTRY_BYTES = 32;
const FREE = 0xe5;
const LONG_NAME = 0x0f;
const VOLUME_LABEL = 0x08;
const FOLDER = 0x10;

/** A file or folder that a folder of a FAT file system names. */
export interface FatEntry {
  /** In the case that a long name gives, else the short one. */
  readonly name: string;
  /** 8.3, in lower case. */
  readonly shortName: string;
  readonly isFolder: boolean;
  /** Its first cluster; FAT12 and FAT16 have only the lower 16 bits. */
  readonly first: number;
  /** Bytes; 0 for folders. */
  readonly size: number;
}

/**
 * What a folder names, without itself, its parent and the volume's label (Microsoft FAT specification, sections 6 and 7).
 *
 * @param folder bytes of all its clusters
 */
export function* fatEntries(folder: Buffer): Generator<FatEntry> {
  let long = '';
  for (let at = 0; at + ENTRY_BYTES <= folder.length; at += ENTRY_BYTES) {
    const record = folder.subarray(at, at + ENTRY_BYTES);
    const mark = record.readUInt8(0);
    const attributes = record.readUInt8(11);
    if (mark === 0) return;
    if (mark === FREE) {
      long = '';
    } else if (attributes === LONG_NAME) {
      long = longPart(record) + long;
    } else {
      const shortName = shortNameOf(record);
      const name = long === '' ? shortName : long;
      long = '';
      if ((attributes & VOLUME_LABEL) !== 0 || shortName === '.' || shortName === '..') continue;
      yield {
        ...{ name, shortName, isFolder: (attributes & FOLDER) !== 0 },
        first: record.readUInt16LE(20) * 0x1_00_00 + record.readUInt16LE(26),
        size: record.readUInt32LE(28),
      };
    }
  }
}

/** Thirteen UTF-16 units in three places, ended by a zero (section 7). */
function longPart(record: Buffer): string {
  const units = Buffer.concat([
    record.subarray(1, 11),
    record.subarray(14, 26),
    record.subarray(28, 32),
  ]);
  return units.toString('utf16le').replace(/\0[^]*$/, '');
}

function shortNameOf(record: Buffer): string {
  const part = (from: number, to: number): string =>
    record.toString('latin1', from, to).trimEnd().toLowerCase();
  const [stem, extension] = [part(0, 8), part(8, 11)];
  return extension === '' ? stem : `${stem}.${extension}`;
}
