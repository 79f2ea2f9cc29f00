import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { VipisoError } from '../../core/errors.ts';
import { ioError } from '../../host/fs/errno.ts';
import { CONTENTS_FILE, parseContents } from './contents.ts';
import type { KitContents, KitEntry } from './contents.ts';
import { END_MARK, contentsPiece, pieceOf } from './layout.ts';
import type { Piece } from './layout.ts';

const BLOCK = 512;
const SIZE_FIELD = { start: 124, end: 135 } as const;
const MAX_CONTENTS_BYTES = 32 * 1024 * 1024;
const CHUNK = 1024 * 1024;

/** Receives what a walk over a kit finds; the chunk of a file is only good until the call returns. */
export interface KitVisitor {
  begin(entry: KitEntry): Promise<void>;
  data(chunk: Buffer): Promise<void>;
  end(): Promise<void>;
}

/** An opened kit whose table of contents is valid; the rest is judged by `walk`. */
export class KitReader {
  readonly contents: KitContents;
  private readonly handle: FileHandle;
  private readonly entriesStart: number;

  private constructor(handle: FileHandle, contents: KitContents, entriesStart: number) {
    this.handle = handle;
    this.contents = contents;
    this.entriesStart = entriesStart;
  }

  /** @throws VipisoError malformed-archive, not-found, permission */
  static async open(file: string): Promise<KitReader> {
    // A named pipe would keep a plain open waiting for a writer.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    const handle = await open(file, flags).catch((error: unknown) => {
      throw ioError(error, 'read the kit', file);
    });
    try {
      if (!(await handle.stat()).isFile()) throw refused(`${file} is not a regular file`);
      const text = await contentsIn(handle);
      const contents = parseContents(text.toString());
      const piece = contentsPiece(text.length, contents.epoch);
      await compare(handle, 0, piece.header, 'its first header');
      const end = piece.header.length + piece.size;
      await compare(handle, end, Buffer.alloc(piece.padding), 'the padding of its table');
      return new KitReader(handle, contents, end + piece.padding);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * Goes over every byte behind the table of contents: each header, file and padding must be what the table says, and
   * nothing may follow.
   *
   * @throws VipisoError malformed-archive, digest-mismatch
   */
  async walk(signal: AbortSignal, visitor?: KitVisitor): Promise<void> {
    let offset = this.entriesStart;
    for (const entry of this.contents.entries) {
      signal.throwIfAborted();
      const piece = pieceOf(entry, this.contents.epoch);
      await this.walkPiece(piece, entry, offset, visitor);
      offset += piece.header.length + piece.size + piece.padding;
    }
    await compare(this.handle, offset, END_MARK, 'its end mark');
    const { size } = await this.handle.stat();
    if (size !== offset + END_MARK.length) throw refused('data follows its end mark');
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private async walkPiece(
    { header, size, padding }: Piece,
    entry: KitEntry,
    offset: number,
    visitor: KitVisitor | undefined,
  ): Promise<void> {
    await compare(this.handle, offset, header, `the header of “${entry.path}”`);
    await visitor?.begin(entry);
    const start = offset + header.length;
    const hash = createHash('sha256');
    for (let done = 0; done < size; done += CHUNK) {
      const chunk = await read(this.handle, start + done, Math.min(CHUNK, size - done));
      hash.update(chunk);
      await visitor?.data(chunk);
    }
    await compare(this.handle, start + size, Buffer.alloc(padding), `padding of “${entry.path}”`);
    if (entry.type === 'file') requireDigest(entry, hash.digest('hex'));
    await visitor?.end();
  }
}

function requireDigest(entry: Extract<KitEntry, { type: 'file' }>, found: string): void {
  if (found === entry.sha256) return;
  throw new VipisoError('digest-mismatch', `the kit is damaged: “${entry.path}” differs`, {
    details: [`promised SHA-256 ${entry.sha256}`, `found    SHA-256 ${found}`],
    hint: 'Copy the kit again from where it was made.',
  });
}

async function contentsIn(handle: FileHandle): Promise<Buffer> {
  const header = await read(handle, 0, BLOCK);
  const name = header.toString('latin1', 0, CONTENTS_FILE.length + 1);
  const digits = header.toString('latin1', SIZE_FIELD.start, SIZE_FIELD.end);
  if (name !== `${CONTENTS_FILE}\0` || !/^[0-7]+$/.test(digits)) {
    throw refused(`it does not begin with ${CONTENTS_FILE}`);
  }
  const size = Number.parseInt(digits, 8);
  if (size > MAX_CONTENTS_BYTES) throw refused('its table of contents is too large');
  return await read(handle, BLOCK, size);
}

async function compare(
  handle: FileHandle,
  offset: number,
  expected: Buffer,
  what: string,
): Promise<void> {
  const found = await read(handle, offset, expected.length);
  if (!found.equals(expected)) throw refused(`${what} is not what its table of contents says`);
}

async function read(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(buffer, done, length - done, offset + done);
    if (bytesRead === 0) throw refused('it ends too early');
    done += bytesRead;
  }
  return buffer;
}

function refused(problem: string): VipisoError {
  return new VipisoError('malformed-archive', `this is not a valid kit: ${problem}`, {
    hint: 'Copy it again from where it was made, or make it again: vipiso kit',
  });
}
