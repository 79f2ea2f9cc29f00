import { END_MARK_BYTES, paddingOf, tarHeader } from '../../formats/tar/tar-writer.ts';
import { CONTENTS_FILE } from './contents.ts';
import type { KitContents, KitEntry } from './contents.ts';

/**
 * A kit is a tar archive every byte of which follows from its table of contents and the files themselves: the table,
 * then the entries in its order, then the end mark. A reader computes the headers and compares, so that there is
 * nothing to interpret.
 */

export interface Piece {
  /** Absent for the table of contents itself. */
  readonly entry: KitEntry | undefined;
  readonly header: Buffer;
  /** Bytes of content, and of zeros behind it. */
  readonly size: number;
  readonly padding: number;
}

export const END_MARK = Buffer.alloc(END_MARK_BYTES);

export function contentsText(contents: KitContents): Buffer {
  return Buffer.from(`${JSON.stringify(contents, null, 1)}\n`);
}

export function contentsPiece(size: number, epoch: number): Piece {
  const header = tarHeader({ path: CONTENTS_FILE, type: 'file', mode: 0o644, mtime: epoch }, size);
  return { entry: undefined, header, size, padding: paddingOf(size) };
}

export function pieceOf(entry: KitEntry, epoch: number): Piece {
  const size = entry.type === 'file' ? entry.size : 0;
  return { entry, header: headerOf(entry, epoch), size, padding: paddingOf(size) };
}

function headerOf(entry: KitEntry, mtime: number): Buffer {
  const { path, type } = entry;
  switch (type) {
    case 'file':
      return tarHeader({ path, type, mode: entry.mode, mtime }, entry.size);
    case 'directory':
      return tarHeader({ path: `${path}/`, type, mode: 0o755, mtime }, 0);
    case 'symlink':
      return tarHeader({ path, type, mode: 0o777, mtime, linkTarget: entry.target }, 0);
  }
}
