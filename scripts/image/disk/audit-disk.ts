import { open } from 'node:fs/promises';
import { VipisoError } from '../../core/errors.ts';
import { withIsoImage } from '../iso9660/iso-image.ts';
import type { IsoImage } from '../iso9660/iso-image.ts';
import type { ReadAt } from '../iso9660/regions.ts';
import { LAYOUT } from '../layout.ts';
import { efiLoaders } from './efi-partition.ts';
import { readFat32 } from './fat32.ts';
import { isoTables } from './iso-tables.ts';
import type { DiskLoaders } from './loaders.ts';
import { LEGACY_BIOS_BOOTABLE, SECTOR, TABLE_SECTORS } from './partition-table.ts';
import { readPartitions } from './read-partitions.ts';
import type { FoundPartition } from './read-partitions.ts';
import { partitionBootSector } from './write-disk.ts';

const CHUNK = 1024 * 1024;

/**
 * Opens a finished raw disk and accounts for every byte of it: boot code, both partition tables, the EFI system partition
 * with the medium's loaders and nothing else, the ISO, which was audited itself, and zeros between them.
 *
 * @param files.disk, files.iso absolute paths
 * @throws VipisoError image-wrong, with every finding
 */
export async function auditDisk(
  files: { readonly disk: string; readonly iso: string },
  loaders: DiskLoaders,
): Promise<void> {
  const handle = await open(files.disk, 'r');
  try {
    const { size } = await handle.stat();
    const read: ReadAt = async (position, length) => {
      const buffer = Buffer.allocUnsafe(length);
      const { bytesRead } = await handle.read(buffer, 0, length, position);
      if (bytesRead === length) return buffer;
      throw wrong(files.disk, ['it ends before its content does']);
    };
    const findings = await withIsoImage(
      files.iso,
      async (iso) => await diskFindings({ read, size }, iso, loaders),
    );
    if (findings.length > 0) throw wrong(files.disk, findings);
  } finally {
    await handle.close();
  }
}

interface Disk {
  readonly read: ReadAt;
  /** Bytes. */
  readonly size: number;
}

async function diskFindings(
  disk: Disk,
  iso: IsoImage,
  loaders: DiskLoaders,
): Promise<readonly string[]> {
  const partitions = await readPartitions(disk.read, disk.size);
  if (typeof partitions === 'string') return [partitions];
  const [efi, content, ...others] = partitions;
  if (efi?.type !== 'efi' || content?.type !== 'linux' || others.length > 0)
    return ['its partitions are not an EFI system partition and the content'];
  const bootable = content.attributes === LEGACY_BIOS_BOOTABLE;
  return [
    ...(bootable ? [] : ['a BIOS would not start the content']),
    ...(await recordFindings(disk, loaders)),
    ...(await efiFindings(disk, efi, iso)),
    ...(await contentFindings(disk, content, { iso, loaders })),
    ...(await gapFindings(disk, [efi, content])),
  ];
}

async function recordFindings(
  { read, size }: Disk,
  { disk: code }: DiskLoaders,
): Promise<string[]> {
  const sector = await read(0, SECTOR);
  const protects =
    sector[450] === 0xee &&
    sector.readUInt32LE(454) === 1 &&
    sector.readUInt32LE(458) === size / SECTOR - 1 &&
    sector.readUInt16LE(510) === 0xaa55;
  const rest = [sector.subarray(code.length, 446), sector.subarray(462, 510)];
  const plain = rest.every((part) => part.every((byte) => byte === 0));
  return [
    ...(sector.subarray(0, code.length).equals(code) ? [] : ['its boot code is another']),
    ...(protects && plain ? [] : ['its master boot record does not protect the partition table']),
  ];
}

async function efiFindings(disk: Disk, efi: FoundPartition, iso: IsoImage): Promise<string[]> {
  const read: ReadAt = (position, length) => disk.read(efi.start + position, length);
  const { files, findings } = await readFat32(read, efi.end - efi.start);
  const wanted = efiLoaders(iso);
  const wrongFiles: string[] = [];
  for (const path of wanted) {
    const content = files.get(path);
    if (content === undefined || !content.equals(await iso.read(path)))
      wrongFiles.push(`/${path} is not the medium's`);
  }
  const foreign = [...files.keys()].filter((path) => !wanted.includes(path));
  return [...findings, ...wrongFiles, ...foreign.map((path) => `/${path} was not put onto it`)].map(
    (finding) => `EFI system partition: ${finding}`,
  );
}

/** The ISO's bytes, but for what made it a disk of its own. */
async function contentFindings(
  { read }: Disk,
  { start, end }: FoundPartition,
  { iso, loaders }: { readonly iso: IsoImage; readonly loaders: DiskLoaders },
): Promise<string[]> {
  if (end - start !== iso.size) return ['its content has not the size of the ISO'];
  const block = iso.entries.get(LAYOUT.isolinux)?.block ?? 0;
  const tables = await isoTables(iso);
  for (let at = 0; at < iso.size; at += CHUNK) {
    const length = Math.min(CHUNK, iso.size - at);
    const wanted = await iso.readAt(at, length);
    for (const table of tables) {
      const from = Math.min(Math.max(table.start - at, 0), length);
      wanted.fill(0, from, Math.min(Math.max(table.end - at, from), length));
    }
    if (at === 0) partitionBootSector(loaders.partition, block).copy(wanted);
    if (!(await read(start + at, length)).equals(wanted))
      return [`its content is not the ISO: other bytes between ${at} and ${at + length}`];
  }
  return [];
}

async function gapFindings(
  { read, size }: Disk,
  used: readonly FoundPartition[],
): Promise<string[]> {
  const findings: string[] = [];
  let at = (1 + TABLE_SECTORS) * SECTOR;
  for (const start of [...used.map((it) => it.start), size - TABLE_SECTORS * SECTOR]) {
    const gap = await read(at, start - at);
    if (!gap.equals(Buffer.alloc(gap.length)))
      findings.push(`bytes between ${at} and ${start} belong to nothing and are not zero`);
    at = used.find((it) => it.start === start)?.end ?? start;
  }
  return findings;
}

function wrong(disk: string, details: readonly string[]): VipisoError {
  return new VipisoError('image-wrong', `${disk} is not the disk it should be`, { details });
}
