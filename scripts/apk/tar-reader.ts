import { VipisoError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import { readPaxRecords } from './tar-pax.ts';

export type TarEntryType =
  'file' | 'hardlink' | 'symlink' | 'character-device' | 'block-device' | 'directory' | 'fifo';

/** One entry of a tar archive as its headers say, names unchecked: see `checkedPath`. */
export interface TarEntry {
  readonly path: string;
  readonly type: TarEntryType;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
  /** Unix seconds. */
  readonly mtime: number;
  /** Target of a symbolic or hard link, else empty. */
  readonly linkTarget: string;
  /** Numbers of a device node, else zeros. */
  readonly device: { readonly major: number; readonly minor: number };
  /** A view into the archive's bytes, empty for anything but a file. */
  readonly content: Buffer;
  /** Extended header records of this entry (POSIX pax), such as `APK-TOOLS.checksum.SHA1`. */
  readonly pax: ReadonlyMap<string, string>;
}

export interface TarContext {
  /** How a refusal is to be called, and what to call the archive in its message. */
  readonly code: ErrorCode;
  readonly what: string;
}

const BLOCK = 512;
const MAX_HEADER_RECORD = 1024 * 1024;
/** Of entries and of their extended headers; Alpine's largest packages have a few ten thousand. */
const MAX_HEADERS = 250_000;

const ENTRY_TYPES: Readonly<Record<string, TarEntryType>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
};

/** What header records (pax, GNU long names) say of the entry that follows them. */
interface Pending {
  pax: ReadonlyMap<string, string>;
  longPath: string | undefined;
  longLink: string | undefined;
}

/**
 * Reads a tar archive (ustar, pax, GNU long names) strictly: checksums, sizes and padding are checked, and
 * after an end mark only zeros may follow. A missing end mark is fine: Alpine cuts it off inner segments.
 *
 * @throws VipisoError with `context.code` at the first thing that is not as it should be.
 */
export function* readTar(archive: Buffer, context: TarContext): Generator<TarEntry> {
  let pending: Pending = { pax: new Map(), longPath: undefined, longLink: undefined };
  let headers = 0;
  for (let offset = 0; offset < archive.length;) {
    const header = archive.subarray(offset, offset + BLOCK);
    if (header.length < BLOCK) throw refusal(context, 'it ends inside a header');
    if (isZero(header)) {
      if (!isZero(archive.subarray(offset))) throw refusal(context, 'data follows its end mark');
      break;
    }
    checkHeader(header, context);
    if (++headers > MAX_HEADERS) throw refusal(context, `it has more than ${MAX_HEADERS} headers`);
    const size = sizeOf(header, pending.pax, context);
    const start = offset + BLOCK;
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    if (start + padded > archive.length)
      throw refusal(context, 'an entry is longer than the archive');
    const content = archive.subarray(start, start + size);
    if (!isZero(archive.subarray(start + size, start + padded))) {
      throw refusal(context, 'the padding of an entry is not empty');
    }
    offset = start + padded;

    const type = String.fromCharCode(header[156] ?? 0);
    if ('xgLK'.includes(type)) {
      pending = withRecord(pending, type, content, context);
    } else {
      yield entryOf(header, type, content, pending, context);
      pending = { pax: new Map(), longPath: undefined, longLink: undefined };
    }
  }
}

function withRecord(pending: Pending, type: string, content: Buffer, context: TarContext): Pending {
  if (content.length > MAX_HEADER_RECORD) throw refusal(context, 'an extended header is too large');
  switch (type) {
    case 'x':
      return { ...pending, pax: readPaxRecords(content, context) };
    case 'L':
      return { ...pending, longPath: cString(content) };
    case 'K':
      return { ...pending, longLink: cString(content) };
    default:
      // A global header could rename every entry behind it; no Alpine tool writes one.
      throw refusal(context, 'it holds a global extended header');
  }
}

function entryOf(
  header: Buffer,
  typeFlag: string,
  content: Buffer,
  { pax, longPath, longLink }: Pending,
  context: TarContext,
): TarEntry {
  const type = ENTRY_TYPES[typeFlag];
  if (type === undefined) throw refusal(context, `it holds an entry of unknown type “${typeFlag}”`);
  if (type !== 'file' && content.length > 0) {
    throw refusal(context, `a ${type} entry carries data`);
  }
  const number = (name: string, start: number, length: number): number => {
    const override = pax.get(name);
    return override === undefined
      ? readNumber(header.subarray(start, start + length), context)
      : parsePaxNumber(override, context);
  };
  return {
    path: pax.get('path') ?? longPath ?? ustarPath(header),
    type,
    mode: readNumber(header.subarray(100, 108), context) & 0o7777,
    uid: number('uid', 108, 8),
    gid: number('gid', 116, 8),
    uname: pax.get('uname') ?? cString(header.subarray(265, 297)),
    gname: pax.get('gname') ?? cString(header.subarray(297, 329)),
    mtime: Math.floor(number('mtime', 136, 12)),
    linkTarget: pax.get('linkpath') ?? longLink ?? cString(header.subarray(157, 257)),
    device: {
      major: readNumber(header.subarray(329, 337), context),
      minor: readNumber(header.subarray(337, 345), context),
    },
    content,
    pax,
  };
}

function ustarPath(header: Buffer): string {
  const name = cString(header.subarray(0, 100));
  const isUstar = header.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? cString(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function sizeOf(header: Buffer, pax: ReadonlyMap<string, string>, context: TarContext): number {
  const override = pax.get('size');
  const size =
    override === undefined
      ? readNumber(header.subarray(124, 136), context)
      : parsePaxNumber(override, context);
  if (!Number.isSafeInteger(size)) throw refusal(context, 'an entry has no sensible size');
  return size;
}

/** The checksum counts its own field as blanks (POSIX ustar). */
function checkHeader(header: Buffer, context: TarContext): void {
  let sum = 0;
  for (let index = 0; index < BLOCK; index++) {
    sum += index >= 148 && index < 156 ? 0x20 : (header[index] ?? 0);
  }
  if (sum !== readNumber(header.subarray(148, 156), context)) {
    throw refusal(context, 'the checksum of a header does not match');
  }
}

/** Octal digits ended by NUL or blank, or GNU's base 256 for values that octal has no room for. */
function readNumber(field: Buffer, context: TarContext): number {
  if (((field[0] ?? 0) & 0x80) !== 0) return readBase256(field, context);
  const match = /^[ ]*([0-7]*)[\0 ]*$/.exec(field.toString('latin1'));
  if (match?.[1] === undefined) throw refusal(context, 'a header holds a malformed number');
  return match[1] === '' ? 0 : Number.parseInt(match[1], 8);
}

function readBase256(field: Buffer, context: TarContext): number {
  const value = field.reduce(
    (sum, byte, index) => sum * 256 + (index === 0 ? byte & 0x7f : byte),
    0,
  );
  if (!Number.isSafeInteger(value)) throw refusal(context, 'a header holds a number out of range');
  return value;
}

function parsePaxNumber(text: string, context: TarContext): number {
  if (!/^\d{1,15}(\.\d+)?$/.test(text)) {
    throw refusal(context, 'an extended header holds a malformed number');
  }
  return Number(text);
}

function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

function refusal(context: TarContext, reason: string): VipisoError {
  return new VipisoError(context.code, `${context.what} is not a sound tar archive: ${reason}.`);
}
