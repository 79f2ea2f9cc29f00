import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { compareStrings, sha256 } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { ioError } from '../../host/fs/errno.ts';
import { sha256OfFile } from '../../host/fs/hash-file.ts';
import { parseContents } from './contents.ts';
import type { KitContents, KitEntry, KitFile } from './contents.ts';
import { END_MARK, contentsPiece, contentsText, pieceOf } from './layout.ts';
import type { Piece } from './layout.ts';

/** Something to pack: a file of the host, a text of ours, an (empty) folder, or a link. */
export type KitSource =
  | {
      readonly type: 'file';
      readonly path: string;
      readonly mode: KitFile['mode'];
      /** Absolute path on the host, or the content itself. */
      readonly from: string | Buffer;
    }
  | Exclude<KitEntry, KitFile>;

/**
 * Writes a kit into a new file: the same sources give the same bytes.
 *
 * @param about what the table of contents says besides the entries
 * @returns SHA-256 of the whole file
 * @throws VipisoError io when a file changes meanwhile; malformed-archive for sources that no reader would take
 */
export async function writeKit(
  file: string,
  about: Omit<KitContents, 'entries'>,
  sources: readonly KitSource[],
): Promise<{ readonly sha256: Sha256; readonly bytes: number }> {
  const sorted = [...sources].sort((a, b) => compareStrings(a.path, b.path));
  const entries: KitEntry[] = [];
  for (const source of sorted) entries.push(await entryOf(source));
  const text = contentsText({ ...about, entries });
  parseContents(text.toString());
  const handle = await open(file, 'wx', 0o600);
  try {
    const out = hashedOutput(handle);
    await out.piece(contentsPiece(text.length, about.epoch), [text]);
    for (const [index, entry] of entries.entries()) {
      await out.piece(pieceOf(entry, about.epoch), contentOf(sorted[index]));
    }
    return await out.end();
  } catch (error) {
    throw ioError(error, 'write the kit', file);
  } finally {
    await handle.close();
  }
}

async function entryOf(source: KitSource): Promise<KitEntry> {
  if (source.type !== 'file') return source;
  const { type, path, mode, from } = source;
  if (typeof from !== 'string') {
    return { type, path, mode, size: from.length, sha256: sha256(from) };
  }
  try {
    const { size } = await lstat(from);
    return { type, path, mode, size, sha256: await sha256OfFile(from) };
  } catch (error) {
    throw ioError(error, 'pack', from);
  }
}

function contentOf(source: KitSource | undefined): AsyncIterable<Buffer> | Iterable<Buffer> {
  if (source?.type !== 'file') return [];
  return typeof source.from === 'string' ? createReadStream(source.from) : [source.from];
}

interface HashedOutput {
  piece(piece: Piece, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void>;
  end(): Promise<{ readonly sha256: Sha256; readonly bytes: number }>;
}

function hashedOutput(handle: FileHandle): HashedOutput {
  const whole = createHash('sha256');
  let bytes = 0;
  const write = async (chunk: Buffer): Promise<void> => {
    whole.update(chunk);
    bytes += chunk.length;
    await handle.writeFile(chunk);
  };
  return {
    async piece({ entry, header, padding }, content) {
      await write(header);
      const hash = createHash('sha256');
      for await (const chunk of content) {
        hash.update(chunk);
        await write(chunk);
      }
      if (entry?.type === 'file' && hash.digest('hex') !== entry.sha256) {
        throw new VipisoError('io', `${entry.path} changed while it was packed`, {
          hint: 'Run the command again.',
        });
      }
      await write(Buffer.alloc(padding));
    },
    async end() {
      await write(END_MARK);
      await handle.sync();
      return { sha256: whole.digest('hex') as Sha256, bytes };
    },
  };
}
