import type { FileHandle } from 'node:fs/promises';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';

const SECTOR = 512;

/**
 * Replaces the content identifier that qemu-img draws at random by one that follows from the content. It stands in the
 * text descriptor behind the sparse header (VMware Virtual Disk Format 1.1), which has no checksum.
 *
 * @throws VipisoError tool-failed: it is not such a file
 */
export async function settleVmdk(file: FileHandle, seed: Sha256): Promise<void> {
  const header = Buffer.alloc(SECTOR);
  await file.read(header, 0, SECTOR, 0);
  const at = Number(header.readBigUInt64LE(28)) * SECTOR;
  const descriptor = Buffer.alloc(Number(header.readBigUInt64LE(36)) * SECTOR);
  if (header.toString('latin1', 0, 4) !== 'KDMV' || descriptor.length === 0) throw unknown();
  await file.read(descriptor, 0, descriptor.length, at);
  const text = descriptor.toString('latin1').replace(/\0+$/, '');
  const line = /^CID=[0-9a-f]{1,8}$/m;
  if (!line.test(text)) throw unknown();
  // All ones means: no content identifier.
  const id = seed.startsWith('ffffffff') ? '00000000' : seed.slice(0, 8);
  const settled = Buffer.alloc(descriptor.length);
  settled.write(text.replace(line, `CID=${id}`), 'latin1');
  await file.write(settled, 0, settled.length, at);
}

function unknown(): VipisoError {
  return new VipisoError('tool-failed', 'qemu-img wrote a VMDK file of an unknown form');
}
