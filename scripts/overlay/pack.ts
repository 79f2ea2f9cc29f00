import { crc32 } from 'node:zlib';
import { pack as tarPack } from 'tar-stream';
import type { Pack } from 'tar-stream';
import { VipisoError } from '../core/errors.ts';
import type { FileTree, TreeEntry } from './tree.ts';

/** What ustar headers hold; busybox's tar, which unpacks this at boot, reads no pax extensions. */
const MAX_NAME_BYTES = 100;
const MAX_PREFIX_BYTES = 155;

/** Bytes of a stored deflate block: RFC 1951, 3.2.4. */
const STORED_BLOCK = 0xffff;
/** RFC 1952: magic, deflate, no flags, no time, no extra flags, "unknown" system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/**
 * Packs a tree as the `<host>.apkovl.tar.gz` that Alpine's init unpacks over the root. The bytes depend on the
 * arguments alone: the tree's order, one time for all entries, numeric owners. The gzip member stores without
 * compressing, because deflate's output differs between versions of zlib, and an overlay is small.
 *
 * @param epoch Unix seconds, the time of every entry
 * @throws VipisoError cluster-invalid for a path that a ustar header cannot hold
 */
export async function packApkovl(tree: FileTree, epoch: number): Promise<Buffer> {
  const archive = tarPack();
  const collected = collect(archive);
  for (const entry of tree) addEntry(archive, entry, new Date(epoch * 1000));
  archive.finalize();
  return gzipStored(await collected);
}

async function collect(archive: Pack): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function addEntry(archive: Pack, entry: TreeEntry, mtime: Date): void {
  assertFitsUstar(entry);
  const common = { name: entry.path, uid: entry.uid, gid: entry.gid, mtime };
  switch (entry.type) {
    case 'file':
      archive.entry({ ...common, mode: entry.mode, type: 'file' }, entry.content);
      return;
    case 'directory':
      // The init hands apk the list of names, and apk knows a folder by the slash.
      archive.entry({ ...common, name: `${entry.path}/`, mode: entry.mode, type: 'directory' });
      return;
    case 'symlink':
      archive.entry({ ...common, mode: 0o777, type: 'symlink', linkname: entry.target });
  }
}

function assertFitsUstar(entry: TreeEntry): void {
  const name = entry.type === 'directory' ? `${entry.path}/` : entry.path;
  const target = entry.type === 'symlink' ? entry.target : '';
  const isAscii = /^[\x20-\x7e]*$/.test(name + target);
  if (isAscii && fitsName(name) && target.length <= MAX_NAME_BYTES) return;
  throw new VipisoError(
    'cluster-invalid',
    `${entry.path} cannot be packed: its name or link is too long or not ASCII`,
    {
      hint: `Names go up to ${MAX_NAME_BYTES} characters behind a folder of up to ${MAX_PREFIX_BYTES}, in ASCII.`,
    },
  );
}

/** Whether tar-stream can split the name: it moves whole leading folders into the prefix field. */
function fitsName(name: string): boolean {
  let rest = name;
  let prefix = '';
  while (rest.length > MAX_NAME_BYTES) {
    const slash = rest.indexOf('/');
    if (slash === -1) return false;
    prefix += (prefix === '' ? '' : '/') + rest.slice(0, slash);
    rest = rest.slice(slash + 1);
  }
  return prefix.length <= MAX_PREFIX_BYTES && rest !== '';
}

function gzipStored(data: Buffer): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(data), 0);
  trailer.writeUInt32LE(data.length >>> 0, 4);
  return Buffer.concat([GZIP_HEADER, ...storedBlocks(data), trailer]);
}

function storedBlocks(data: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let start = 0; start < data.length; start += STORED_BLOCK) {
    const part = data.subarray(start, start + STORED_BLOCK);
    const head = Buffer.from([start + STORED_BLOCK >= data.length ? 1 : 0, 0, 0, 0, 0]);
    head.writeUInt16LE(part.length, 1);
    head.writeUInt16LE(~part.length & 0xffff, 3);
    blocks.push(head, part);
  }
  return blocks;
}
