import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { sha256OfFile } from '../../host/fs/hash-file.ts';
import { withTempFolder } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import { withIsoImage } from '../iso9660/iso-image.ts';
import { LAYOUT } from '../layout.ts';
import { BOOT_CODE_BYTES } from '../audit/boot-records.ts';
import { makeEfiPartition } from './efi-partition.ts';
import { isoTables } from './iso-tables.ts';
import type { DiskLoaders } from './loaders.ts';
import {
  ALIGNMENT,
  LEGACY_BIOS_BOOTABLE,
  SECTOR,
  TABLE_SECTORS,
  diskTables,
} from './partition-table.ts';
import type { PartitionPlan } from './partition-table.ts';

const ISO_BLOCK = 2048;

/**
 * Writes a raw disk with the content of a finished ISO: a GUID partition table, an EFI system partition for UEFI, and a
 * partition whose file system is the ISO's, which a BIOS starts by SYSLINUX. Nothing of the tree is made anew: kernel
 * arguments, marker and signatures are those of the ISO. Stretches of zeros are holes.
 *
 * @param call.iso absolute path of a finished image
 * @param call.output absolute path of the disk; overwritten
 * @param call.folder absolute path of a folder for temporary files
 */
export async function writeDisk(
  host: Host,
  call: {
    readonly iso: string;
    readonly output: string;
    readonly folder: string;
    readonly loaders: DiskLoaders;
    readonly epoch: number;
  },
): Promise<void> {
  const { iso, output, loaders, epoch } = call;
  await withTempFolder(host, call.folder, async (folder) => {
    await withIsoImage(iso, async (image) => {
      const efi = await makeEfiPartition(host, image, { folder, epoch });
      const tables = await isoTables(image);
      const loader = image.entries.get(LAYOUT.isolinux);
      const partitions = planDisk((await stat(efi)).size, image.size);
      const [efiPlan, isoPlan] = partitions;
      const diskBytes = alignUp(isoPlan.start + isoPlan.size + TABLE_SECTORS * SECTOR);
      const seed = await sha256OfFile(iso);
      const { first, second } = diskTables(partitions, { diskBytes, bootCode: loaders.disk, seed });
      const target = await open(output, 'w', 0o600);
      try {
        await target.truncate(diskBytes);
        await target.write(first, 0, first.length, 0);
        await copySparse(efi, target, efiPlan.start);
        await copySparse(iso, target, isoPlan.start);
        for (const { start, end } of tables)
          await target.write(Buffer.alloc(end - start), 0, end - start, isoPlan.start + start);
        const sector = partitionBootSector(loaders.partition, loader?.block ?? 0);
        await target.write(sector, 0, sector.length, isoPlan.start);
        await target.write(second, 0, second.length, diskBytes - second.length);
      } finally {
        await target.close();
      }
    });
  });
}

/** Sizes in bytes. */
function planDisk(efiBytes: number, isoBytes: number): readonly [PartitionPlan, PartitionPlan] {
  const efi = {
    type: 'efi',
    name: 'EFI',
    start: ALIGNMENT,
    size: efiBytes,
    attributes: 0n,
  } as const;
  return [
    efi,
    {
      ...{ type: 'linux', name: 'vipiso', start: alignUp(efi.start + efi.size) },
      ...{ size: isoBytes, attributes: LEGACY_BIOS_BOOTABLE },
    },
  ];
}

/** The first sector of the ISO's partition: code, and where isolinux.bin is in it (isohybrid's mbr/isohdpfx.S). */
export function partitionBootSector(code: Buffer, isolinuxBlock: number): Buffer {
  const sector = Buffer.alloc(SECTOR);
  code.copy(sector, 0, 0, BOOT_CODE_BYTES);
  sector.writeUInt32LE((isolinuxBlock * ISO_BLOCK) / SECTOR, BOOT_CODE_BYTES);
  sector.writeUInt16LE(0xaa55, SECTOR - 2);
  return sector;
}

function alignUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

const CHUNK = 64 * 1024;

async function copySparse(from: string, target: FileHandle, position: number): Promise<void> {
  const source = await open(from, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    const zeros = Buffer.alloc(CHUNK);
    for (let at = 0; ;) {
      const { bytesRead } = await source.read(buffer, 0, CHUNK, at);
      if (bytesRead === 0) return;
      if (!buffer.subarray(0, bytesRead).equals(zeros.subarray(0, bytesRead)))
        await target.write(buffer, 0, bytesRead, position + at);
      at += bytesRead;
    }
  } finally {
    await source.close();
  }
}
