import { VipisoError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { readPaxRecords } from './tar-pax.ts';

export interface TarContext {
  /** How a refusal is to be called, and what to call the archive in its message. */
  readonly code: ErrorCode;
  readonly what: string;
}

/**
 * One header block of an archive with the content behind it, an entry or a record that describes the next one: ustar of
 * POSIX.1-2017 (pax, “ustar Interchange Format”) and GNU tar's extensions (tar(5) of libarchive).
 */
export interface TarRecord {
  /** 512 bytes. */
  readonly header: Buffer;
  /** The type flag: `x` and `g` are extended headers, `L` and `K` GNU's long names, all else is an entry. */
  readonly type: string;
  /** A view into the archive's bytes. */
  readonly content: Buffer;
  /** Of an extended header its own records, of an entry those that the header before it gave it. */
  readonly pax: ReadonlyMap<string, string>;
  /** Where the record's padding ends in the archive. */
  readonly end: number;
}

const BLOCK = 512;
const MAX_HEADER_RECORD = 1024 * 1024;
/** Of entries and of their extended headers; Alpine's largest packages have a few ten thousand. */
const MAX_HEADERS = 250_000;
const NO_PAX: ReadonlyMap<string, string> = new Map();

/** Whether a record is not an entry itself but reports the next one. */
export function isExtension({ type }: TarRecord): boolean {
  return 'xgLK'.includes(type);
}

/**
 * Walks the blocks of a tar archive (ustar, pax, GNU long names) strictly: checksums, sizes and padding are checked,
 * and after an end mark only zeros may follow. A missing end mark is fine: Alpine cuts it off inner segments.
 *
 * @throws VipisoError with `context.code` at the first thing that is not as it should be.
 */
export function* readTarRecords(archive: Buffer, context: TarContext): Generator<TarRecord> {
  let pax = NO_PAX;
  let headers = 0;
  for (let offset = 0; offset < archive.length;) {
    const header = archive.subarray(offset, offset + BLOCK);
    if (header.length < BLOCK) throw tarRefusal(context, 'it ends inside a header');
    if (isZero(header)) {
      if (!isZero(archive.subarray(offset))) throw tarRefusal(context, 'data follows its end mark');
      break;
    }
    checkHeader(header, context);
    if (++headers > MAX_HEADERS) {
      throw tarRefusal(context, `it has more than ${MAX_HEADERS} headers`);
    }
    const size = sizeOf(header, pax, context);
    const start = offset + BLOCK;
    const end = start + Math.ceil(size / BLOCK) * BLOCK;
    if (end > archive.length) throw tarRefusal(context, 'an entry is longer than the archive');
    const content = archive.subarray(start, start + size);
    if (!isZero(archive.subarray(start + size, end))) {
      throw tarRefusal(context, 'the padding of an entry is not empty');
    }
    offset = end;

    const record = { header, type: String.fromCharCode(header[156] ?? 0), content, pax, end };
    if (!isExtension(record)) {
      yield record;
      pax = NO_PAX;
      continue;
    }
    if (content.length > MAX_HEADER_RECORD) {
      throw tarRefusal(context, 'an extended header is too large');
    }
    // A global header could rename every entry behind it; no Alpine tool writes one.
    if (record.type === 'g') throw tarRefusal(context, 'it holds a global extended header');
    if (record.type === 'x') pax = readPaxRecords(content, context);
    yield { ...record, pax: record.type === 'x' ? pax : NO_PAX };
  }
}

function sizeOf(header: Buffer, pax: ReadonlyMap<string, string>, context: TarContext): number {
  const override = pax.get('size');
  const size =
    override === undefined
      ? readTarNumber(header.subarray(124, 136), context)
      : parsePaxNumber(override, context);
  if (!Number.isSafeInteger(size)) throw tarRefusal(context, 'an entry has no sensible size');
  return size;
}

/** The checksum counts its own field as blanks (POSIX ustar). */
function checkHeader(header: Buffer, context: TarContext): void {
  let sum = 0;
  for (let index = 0; index < BLOCK; index++) {
    sum += index >= 148 && index < 156 ? 0x20 : (header[index] ?? 0);
  }
  if (sum !== readTarNumber(header.subarray(148, 156), context)) {
    throw tarRefusal(context, 'the checksum of a header does not match');
  }
}

/**
 * Octal digits ended by NUL or blank, or GNU's base 256 for values that octal has no room for.
 *
 * @throws VipisoError with `context.code`: not a number in octal or base 256
 */
export function readTarNumber(field: Buffer, context: TarContext): number {
  if (((field[0] ?? 0) & 0x80) !== 0) return readBase256(field, context);
  const match = /^[ ]*([0-7]*)[\0 ]*$/.exec(field.toString('latin1'));
  if (match?.[1] === undefined) throw tarRefusal(context, 'a header holds a malformed number');
  return match[1] === '' ? 0 : Number.parseInt(match[1], 8);
}

function readBase256(field: Buffer, context: TarContext): number {
  const value = field.reduce(
    (sum, byte, index) => sum * 256 + (index === 0 ? byte & 0x7f : byte),
    0,
  );
  if (!Number.isSafeInteger(value)) {
    throw tarRefusal(context, 'a header holds a number out of range');
  }
  return value;
}

/** @throws VipisoError with `context.code`: not a decimal number */
export function parsePaxNumber(text: string, context: TarContext): number {
  if (!/^\d{1,15}(\.\d+)?$/.test(text)) {
    throw tarRefusal(context, 'an extended header holds a malformed number');
  }
  return Number(text);
}

/** The name of a header block, ustar's prefix included. */
export function ustarPath(header: Buffer): string {
  const name = cString(header.subarray(0, 100));
  const isUstar = header.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? cString(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** The text up to the first NUL. */
export function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

export function tarRefusal(context: TarContext, reason: string): VipisoError {
  return new VipisoError(context.code, `${context.what} is not a valid tar archive: ${reason}.`);
}
