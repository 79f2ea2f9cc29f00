import { crc32 } from 'node:zlib';
import type { IsoImage, IsoEntry } from '../iso9660/iso-image.ts';
import { LAYOUT } from '../layout.ts';

const BLOCK = 2048;
const SECTOR = 512;
/** Boot code of a hybrid image; behind it stand the place of isolinux.bin and the partition table. */
export const BOOT_CODE_BYTES = 432;
const FIRST_DESCRIPTOR = 16;
/** Of isolinux.bin: what xorriso writes into it (`-boot-info-table`), and what its checksum begins behind. */
const TABLE = { start: 8, end: 64 };

/**
 * Holds against each other what starts an image: the boot code of disks, the GUID partition tables, the boot catalogue of
 * CDs (El Torito, 2.0) and the table inside isolinux.bin.
 *
 * @param isolinux isolinux.bin as the package has it
 */
export async function bootRecordFindings(image: IsoImage, isolinux: Buffer): Promise<string[]> {
  const loader = image.entries.get(LAYOUT.isolinux);
  const efi = image.entries.get(LAYOUT.efiImage);
  // That they are missing is found elsewhere.
  if (loader?.type !== 'file' || efi?.type !== 'file') return [];
  const written = await image.read(LAYOUT.isolinux);
  const wanted = withBootInfo(isolinux, loader);
  return [
    ...(written.equals(wanted) ? [] : [`/${LAYOUT.isolinux} is not the file that was put onto it`]),
    ...(await bootCodeFindings(image, loader)),
    ...(await partitionTableFindings(image)),
    ...(await catalogueFindings(image, [loader, efi])),
  ];
}

/** The bytes of isolinux.bin on a medium: xorrisofs(1), `-boot-info-table`. */
function withBootInfo(isolinux: Buffer, { block }: IsoEntry): Buffer {
  const bytes = Buffer.from(isolinux);
  if (bytes.length < TABLE.end) return bytes;
  // The last word is filled up with zeros.
  const words = Buffer.alloc(Math.ceil((bytes.length - TABLE.end) / 4) * 4);
  bytes.copy(words, 0, TABLE.end);
  let checksum = 0;
  for (let at = 0; at < words.length; at += 4) {
    checksum = (checksum + words.readUInt32LE(at)) >>> 0;
  }
  bytes.fill(0, TABLE.start, TABLE.end);
  for (const [index, value] of [FIRST_DESCRIPTOR, block, bytes.length, checksum].entries()) {
    bytes.writeUInt32LE(value, TABLE.start + 4 * index);
  }
  return bytes;
}

async function bootCodeFindings(image: IsoImage, loader: IsoEntry): Promise<string[]> {
  if (image.entries.get(LAYOUT.hybridMbr)?.type !== 'file') return [];
  const code = await image.readAt(0, SECTOR);
  const wanted = (await image.read(LAYOUT.hybridMbr)).subarray(0, BOOT_CODE_BYTES);
  if (code.every((byte) => byte === 0)) return [];
  return [
    ...(code.subarray(0, wanted.length).equals(wanted)
      ? []
      : [`its boot code is not /${LAYOUT.hybridMbr}`]),
    ...(code.readUInt32LE(BOOT_CODE_BYTES) === (loader.block * BLOCK) / SECTOR
      ? []
      : [`its boot code loads something else than /${LAYOUT.isolinux}`]),
  ];
}

/** UEFI specification, 5.3.2: a header with a checksum of itself, and one of the entries. */
async function partitionTableFindings(image: IsoImage): Promise<string[]> {
  const first = await image.readAt(SECTOR, SECTOR);
  if (first.toString('latin1', 0, 8) !== 'EFI PART') return ['it has no partition table'];
  const second = Number(first.readBigUInt64LE(32)) * SECTOR;
  for (const start of [SECTOR, second]) {
    if (start + SECTOR > image.size) return ['its partition table is damaged'];
    const sector = await image.readAt(start, SECTOR);
    const header = Buffer.from(sector.subarray(0, Math.min(sector.readUInt32LE(12), SECTOR)));
    if (header.toString('latin1', 0, 8) !== 'EFI PART' || header.length < 92)
      return ['its partition table is damaged'];
    const sum = header.readUInt32LE(16);
    header.writeUInt32LE(0, 16);
    const entries = Number(header.readBigUInt64LE(72)) * SECTOR;
    const size = header.readUInt32LE(80) * header.readUInt32LE(84);
    const sound =
      crc32(header) === sum &&
      entries + size <= image.size &&
      crc32(await image.readAt(entries, size)) === header.readUInt32LE(88);
    if (!sound) return ['its partition table is damaged'];
  }
  return [];
}

/** Where the catalogue's two entries have the first block of what they load. */
const LOADED = [32, 96] as const;
const CATALOGUE_END = 128;

async function catalogueFindings(
  image: IsoImage,
  loaded: readonly [IsoEntry, IsoEntry],
): Promise<string[]> {
  const record = await image.readAt((FIRST_DESCRIPTOR + 1) * BLOCK, BLOCK);
  const catalogue = image.entries.get(LAYOUT.bootCatalog);
  if (record[0] !== 0 || catalogue?.type !== 'file') return [];
  const bytes = await image.readAt(catalogue.block * BLOCK, BLOCK);
  let sum = 0;
  for (let at = 0; at < 32; at += 2) sum = (sum + bytes.readUInt16LE(at)) & 0xffff;
  const names = loaded.every(({ block }, index) => {
    const at = LOADED[index] ?? 0;
    return bytes[at] === 0x88 && bytes.readUInt32LE(at + 8) === block;
  });
  const rest = bytes.subarray(CATALOGUE_END).every((byte) => byte === 0);
  const good = record.readUInt32LE(71) === catalogue.block && sum === 0 && names && rest;
  return good
    ? []
    : [`/${LAYOUT.bootCatalog} does not load /${LAYOUT.isolinux} and /${LAYOUT.efiImage}`];
}
