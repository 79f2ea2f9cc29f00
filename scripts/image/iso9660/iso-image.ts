import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { ioError } from '../../host/fs/errno.ts';
import { readDirectoryRecords } from './directory-records.ts';
import type { DirectoryRecord } from './directory-records.ts';
import { namedRegions } from './regions.ts';
import type { ReadAt, Region } from './regions.ts';

/** Bytes of a logical block; images with others exist on paper only. */
const BLOCK = 2048;
const FIRST_DESCRIPTOR = 16;
const MAX_DESCRIPTORS = 32;
const MAX_ENTRIES = 100_000;
const CHUNK = 1024 * 1024;

/** A file or folder of an image. */
export interface IsoEntry {
  /** Relative to the image's root, by the Rock Ridge names. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink';
  /** Bytes. */
  readonly size: number;
  /** First block. */
  readonly block: number;
}

/** An ISO 9660 image (ECMA-119) with Rock Ridge names (IEEE P1282), opened for reading. */
export interface IsoImage {
  readonly volumeId: string;
  /** Whether it has a boot record for CDs (El Torito) and boot code for disks. */
  readonly boots: { readonly asCd: boolean; readonly asDisk: boolean };
  readonly entries: ReadonlyMap<string, IsoEntry>;
  /** @throws VipisoError image-wrong: there is no such file */
  read: (path: string) => Promise<Buffer>;
  sha256: (path: string) => Promise<Sha256>;
  /** Bytes of the file, and of the volume that its descriptor reports. */
  readonly size: number;
  readonly volumeSize: number;
  /** Bytes at a position of the image. @throws VipisoError image-wrong: it ends before */
  readAt: ReadAt;
  /** Sorted by their start. */
  regions: () => Promise<readonly Region[]>;
}

/** @throws VipisoError image-wrong: not such an image; not-found, permission */
export async function withIsoImage<T>(
  file: string,
  work: (image: IsoImage) => Promise<T>,
): Promise<T> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw ioError(error, 'read the image', file);
  });
  try {
    return await work(await openImage(handle, file));
  } finally {
    await handle.close();
  }
}

async function openImage(handle: FileHandle, file: string): Promise<IsoImage> {
  const descriptors = await readDescriptors(handle, file);
  const primary = descriptors.find((descriptor) => descriptor[0] === 1);
  const [root] = primary === undefined ? [] : readDirectoryRecords(primary.subarray(156, 190));
  if (primary === undefined || root === undefined) throw wrong(file, 'it has no volume descriptor');
  const entries = await readTree(handle, file, root);
  const entryOf = (path: string): IsoEntry => {
    const entry = entries.get(path);
    if (entry?.type !== 'file') throw wrong(file, `it holds no file /${path}`);
    return entry;
  };
  const digests = new Map<string, Sha256>();
  const mbr = await readAt(handle, 0, 512);
  const read: ReadAt = (position, length) => readAt(handle, position, length);
  return {
    volumeId: primary.toString('latin1', 40, 72).trimEnd(),
    boots: {
      asCd: descriptors.some((it) => it[0] === 0 && it.includes('EL TORITO SPECIFICATION')),
      asDisk: mbr.readUInt16LE(510) === 0xaa55 && !mbr.subarray(0, 440).every((it) => it === 0),
    },
    entries,
    read: async (path) => {
      const { block, size } = entryOf(path);
      return await readAt(handle, block * BLOCK, size);
    },
    sha256: async (path) => {
      const digest = digests.get(path) ?? (await hashExtent(handle, entryOf(path)));
      digests.set(path, digest);
      return digest;
    },
    size: (await handle.stat()).size,
    volumeSize: primary.readUInt32LE(80) * BLOCK,
    readAt: read,
    regions: async () => await namedRegions(read, descriptors),
  };
}

async function readDescriptors(handle: FileHandle, file: string): Promise<Buffer[]> {
  const descriptors: Buffer[] = [];
  for (let index = 0; index < MAX_DESCRIPTORS; index++) {
    const block = await readAt(handle, (FIRST_DESCRIPTOR + index) * BLOCK, BLOCK);
    if (block.toString('latin1', 1, 6) !== 'CD001') break;
    if (block[0] === 255) return descriptors;
    descriptors.push(block);
  }
  throw wrong(file, 'it is not an ISO 9660 image, or it is cut short');
}

async function readTree(
  handle: FileHandle,
  file: string,
  root: DirectoryRecord,
): Promise<Map<string, IsoEntry>> {
  const entries = new Map<string, IsoEntry>();
  const pending = [{ path: '', record: root }];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const { path: parent, record } = folder;
    const data = await readAt(handle, record.block * BLOCK, record.size);
    const continuation = (block: number, offset: number, size: number): Promise<Buffer> =>
      readAt(handle, block * BLOCK + offset, size);
    for (const child of readDirectoryRecords(data)) {
      if (child.isSelfOrParent) continue;
      const { name, isSymlink } = await child.rockRidge(continuation);
      const path = parent === '' ? name : `${parent}/${name}`;
      const type = child.isDirectory ? 'directory' : isSymlink ? 'symlink' : 'file';
      if (entries.size >= MAX_ENTRIES) throw wrong(file, 'its directories form a loop');
      entries.set(path, { path, type, size: child.size, block: child.block });
      if (child.isDirectory) pending.push({ path, record: child });
    }
  }
  return entries;
}

async function hashExtent(handle: FileHandle, { block, size }: IsoEntry): Promise<Sha256> {
  const hash = createHash('sha256');
  // One buffer for all: a new one for each chunk would have to be cleared, and collected.
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size));
  for (let done = 0; done < size; done += CHUNK) {
    const part = buffer.subarray(0, Math.min(CHUNK, size - done));
    hash.update(await readInto(handle, block * BLOCK + done, part));
  }
  return hash.digest('hex') as Sha256;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  return await readInto(handle, position, Buffer.allocUnsafe(length));
}

/** Fills the whole buffer, or fails. */
async function readInto(handle: FileHandle, position: number, buffer: Buffer): Promise<Buffer> {
  const { length } = buffer;
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead === length) return buffer;
  throw new VipisoError('image-wrong', 'the image ends before its content does', {
    details: [`${length} bytes were expected at ${position}, ${bytesRead} are there`],
  });
}

function wrong(file: string, reason: string): VipisoError {
  return new VipisoError('image-wrong', `${file} is not the image it should be: ${reason}`);
}
