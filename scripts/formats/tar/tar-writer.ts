import { formatPaxRecord } from './tar-pax.ts';
import type { TarEntryType } from './tar-reader.ts';

/** What to write; owners are root, and links and devices carry no content. */
export interface TarInput {
  readonly path: string;
  readonly type: TarEntryType;
  readonly mode: number;
  /** Unix seconds. */
  readonly mtime: number;
  readonly content?: Buffer | undefined;
  readonly linkTarget?: string | undefined;
  readonly device?: { readonly major: number; readonly minor: number } | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly uname?: string | undefined;
  readonly gname?: string | undefined;
  /** As GNU tar writes with `--numeric-owner`: no names of owners, device numbers for devices alone. */
  readonly numericOwner?: boolean | undefined;
  /** Extended header records to put in front of the entry. */
  readonly pax?: ReadonlyMap<string, string> | undefined;
}

const BLOCK = 512;
/** Two blocks of zeros. */
export const END_MARK_BYTES = 2 * BLOCK;
const MAX_NAME = 100;
const MAX_OCTAL_SIZE = 8 ** 11;

const TYPE_FLAGS: Readonly<Record<TarEntryType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
};

/**
 * Packs entries in the given order as ustar (POSIX.1-2017, pax, “ustar Interchange Format”), with pax headers where a name or size does not fit. Inner
 * segments of Alpine's formats have no end mark, so that the reader goes on with the next gzip member.
 */
export function writeTar(entries: Iterable<TarInput>, options: { endMark: boolean }): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) parts.push(...entryBlocks(entry));
  if (options.endMark) parts.push(Buffer.alloc(END_MARK_BYTES));
  return Buffer.concat(parts);
}

function entryBlocks(entry: TarInput): Buffer[] {
  const content = entry.content ?? Buffer.alloc(0);
  return [tarHeader(entry, content.length), ...padded(content)];
}

/** What is in front of an entry's content, for those who write or compare contents piece by piece. */
export function tarHeader(entry: TarInput, size: number): Buffer {
  const records = Buffer.concat(
    [...paxRecords(entry, size)].map(([key, value]) => formatPaxRecord(key, value)),
  );
  const extended =
    records.length === 0 ? [] : [...paxHeader(entry, records.length), ...padded(records)];
  return Buffer.concat([...extended, header(entry, TYPE_FLAGS[entry.type], size)]);
}

function paxRecords(entry: TarInput, size: number): Map<string, string> {
  const records = new Map<string, string>();
  const long = (key: string, value: string | undefined): void => {
    if (value !== undefined && Buffer.byteLength(value) > MAX_NAME) records.set(key, value);
  };
  long('path', entry.path);
  long('linkpath', entry.linkTarget);
  if (size >= MAX_OCTAL_SIZE) records.set('size', String(size));
  for (const [key, value] of entry.pax ?? []) records.set(key, value);
  return records;
}

function paxHeader(entry: TarInput, size: number): Buffer[] {
  const path = `./PaxHeaders/${entry.path.split('/').findLast((part) => part !== '') ?? ''}`;
  const { mtime, numericOwner } = entry;
  return [header({ path, type: 'file', mode: 0o644, mtime, numericOwner }, 'x', size)];
}

function header(entry: TarInput, typeFlag: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, length: number): number =>
    block.write(value.toString(8).padStart(length - 1, '0'), offset, 'latin1');
  writeName(block, entry.path, 0);
  octal(entry.mode, 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(size < MAX_OCTAL_SIZE ? size : 0, 124, 12);
  octal(entry.mtime, 136, 12);
  block.write(' '.repeat(8), 148, 'latin1');
  block.write(typeFlag, 156, 'latin1');
  writeName(block, entry.linkTarget ?? '', 157);
  block.write('ustar\x0000', 257, 'latin1');
  if (entry.numericOwner !== true) {
    block.write(entry.uname ?? 'root', 265, 31, 'utf8');
    block.write(entry.gname ?? 'root', 297, 31, 'utf8');
  }
  if (entry.numericOwner !== true || entry.device !== undefined) {
    octal(entry.device?.major ?? 0, 329, 8);
    octal(entry.device?.minor ?? 0, 337, 8);
  }
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** A name that does not fit is cut here and given in full by the extended header. */
function writeName(block: Buffer, name: string, offset: number): void {
  Buffer.from(name).copy(block, offset, 0, MAX_NAME);
}

function padded(content: Buffer): Buffer[] {
  return content.length === 0 ? [] : [content, Buffer.alloc(paddingOf(content.length))];
}

/** Bytes of zeros behind a content of `size` bytes. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
