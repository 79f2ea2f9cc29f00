import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { compareStrings } from '../../core/digest.ts';
import { END_MARK_BYTES, paddingOf, tarHeader } from '../../formats/tar/tar-writer.ts';
import type { TarInput } from '../../formats/tar/tar-writer.ts';

/** A layer of an image, as a file. */
export interface Layer {
  /** Absolute path of the compressed archive. */
  readonly file: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the archive before compression: the same by every zlib. */
  readonly diffId: string;
}

/**
 * Writes what is in a folder as a layer (OCI image-spec, "Image Layer Filesystem Changeset"): sorted, all root's, all of
 * one time. Hard links become files of their own.
 *
 * @param made.epoch Unix seconds
 * @param made.modes `plain`: what a checkout's umask has left out is readable for all again
 */
export async function writeLayer(
  folder: string,
  file: string,
  made: { readonly epoch: number; readonly modes: 'kept' | 'plain' },
): Promise<Layer> {
  const plain = createHash('sha256');
  const packed = createHash('sha256');
  let size = 0;
  await pipeline(
    Readable.from(seen(archiveOf(folder, made), (bytes) => plain.update(bytes))),
    createGzip({ level: 6 }),
    (compressed: AsyncIterable<Buffer>) =>
      seen(compressed, (bytes) => {
        packed.update(bytes);
        size += bytes.length;
      }),
    createWriteStream(file, { flags: 'wx' }),
  );
  return { file, size, sha256: packed.digest('hex'), diffId: plain.digest('hex') };
}

async function* seen(
  parts: AsyncIterable<Buffer>,
  look: (bytes: Buffer) => void,
): AsyncGenerator<Buffer> {
  for await (const part of parts) {
    look(part);
    yield part;
  }
}

type Made = Parameters<typeof writeLayer>[2];

async function* archiveOf(folder: string, made: Made): AsyncGenerator<Buffer> {
  yield* entriesOf(folder, '', made);
  yield Buffer.alloc(END_MARK_BYTES);
}

async function* entriesOf(root: string, below: string, made: Made): AsyncGenerator<Buffer> {
  for (const name of (await readdir(path.join(root, below))).sort(compareStrings)) {
    const place = path.posix.join(below, name);
    const at = path.join(root, place);
    const stats = await lstat(at);
    const entry = { path: place, mode: modeOf(stats.mode, made), mtime: made.epoch };
    if (stats.isDirectory()) {
      yield tarHeader({ ...entry, path: `${place}/`, type: 'directory' }, 0);
      yield* entriesOf(root, place, made);
    } else if (stats.isSymbolicLink()) {
      const linkTarget = await readlink(at);
      yield tarHeader({ ...entry, mode: 0o777, type: 'symlink', linkTarget }, 0);
    } else if (stats.isFile()) {
      yield* fileEntry(at, { ...entry, type: 'file' }, stats.size);
    }
  }
}

function modeOf(mode: number, { modes }: Made): number {
  const kept = mode & 0o1777;
  if (modes === 'kept' || (kept & 0o1000) !== 0) return kept;
  return (kept & 0o100) === 0 ? 0o644 : 0o755;
}

/** One file in an archive, its content piece by piece. */
export async function* fileEntry(
  file: string,
  entry: TarInput,
  size: number,
): AsyncGenerator<Buffer> {
  yield tarHeader(entry, size);
  for await (const part of createReadStream(file)) yield part as Buffer;
  yield Buffer.alloc(paddingOf(size));
}
