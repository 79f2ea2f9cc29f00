import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { openLocked } from '../../packages/package-files.ts';
import type { PackageFile } from '../../packages/package-files.ts';

/** What a BIOS starts a disk by: programs of the locked package syslinux. */
export interface DiskLoaders {
  /** For the master boot record: starts the partition that is marked for it (at most 440 bytes). */
  readonly disk: Buffer;
  /** For the first sector of a partition with an ISO 9660 file system: starts its isolinux.bin (432 bytes). */
  readonly partition: Buffer;
}

const FOLDER = 'usr/share/syslinux';
const FILES = { disk: `${FOLDER}/gptmbr.bin`, partition: `${FOLDER}/isohdppx.bin` } as const;
const MOST_BYTES = { disk: 440, partition: 432 } as const;

/**
 * @param packages that the images' boot files are made from
 * @throws VipisoError image-wrong: the package lacks a file; digest-mismatch
 */
export async function diskLoaders(
  host: Host,
  packages: readonly PackageFile[],
): Promise<DiskLoaders> {
  const found = new Map<string, Buffer>();
  const own = packages.filter(({ locked }) => locked.name === 'syslinux');
  for await (const opened of openLocked(host, own)) {
    for (const { path, content } of opened.entries()) {
      if (path === FILES.disk || path === FILES.partition) found.set(path, content);
    }
  }
  const take = (which: keyof typeof FILES): Buffer => {
    const content = found.get(FILES[which]);
    if (content !== undefined && content.length <= MOST_BYTES[which]) return content;
    throw new VipisoError('image-wrong', `package syslinux holds no fit ${FILES[which]}`, {
      hint: 'Disks cannot be made from this lock: build the ISO alone, or lock again.',
    });
  };
  return { disk: take('disk'), partition: take('partition') };
}
