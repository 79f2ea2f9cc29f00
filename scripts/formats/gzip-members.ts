import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { VipisoError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';

/** One member of a concatenated gzip file (RFC 1952): its exact bytes and what they inflate to. */
export interface GzipMember {
  /** Header, deflate stream and trailer: what signatures and checksums are made over. */
  readonly compressed: Buffer;
  readonly content: Buffer;
}

export interface GzipLimits {
  /** Largest acceptable inflated size in bytes. */
  readonly maxContent: number;
  /** How a refusal is to be called, and what to call the input in its message. */
  readonly code: ErrorCode;
  readonly what: string;
}

const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const DEFLATE = 8;
const MIN_CHUNK = 64 * 1024;
/** No deflate stream expands by more than this. */
const MAX_EXPANSION = 1032;

/**
 * Reads the gzip member that starts at `offset`. Alpine's tools write bare headers (no file name, no
 * time): any other is refused, so that no byte of a file can change without a check that notices.
 *
 * @throws VipisoError with `limits.code`: not gzip, truncated, corrupt, or larger than allowed.
 */
export function readGzipMember(bytes: Buffer, offset: number, limits: GzipLimits): GzipMember {
  checkHeader(bytes.subarray(offset, offset + HEADER_BYTES), limits);
  const body = bytes.subarray(offset + HEADER_BYTES);
  const { content, consumed } = inflate(body, limits);
  const trailer = body.subarray(consumed, consumed + TRAILER_BYTES);
  if (trailer.length < TRAILER_BYTES) throw refusal(limits, 'the file is truncated');
  if (trailer.readUInt32LE(0) !== crc32(content))
    throw refusal(limits, 'its CRC-32 does not match');
  if (trailer.readUInt32LE(4) !== content.length % 2 ** 32) {
    throw refusal(limits, 'its recorded length does not match');
  }
  const end = offset + HEADER_BYTES + consumed + TRAILER_BYTES;
  return { compressed: bytes.subarray(offset, end), content };
}

/**
 * Whether a member has bits set where deflate leaves room that decoders skip (RFC 1951, 3.2.3 and 3.2.4): behind the end
 * of the last block, and behind the head of a stored one that comes first. Every encoder leaves zeros there. To be asked
 * of small members only, for it inflates them a few times.
 */
export function hasSpareBits({ compressed, content }: GzipMember): boolean {
  // Without the trailer: a stream whose end is lost must not find another one in the checksum's bits.
  const stream = compressed.subarray(HEADER_BYTES, compressed.length - TRAILER_BYTES);
  return storedHeadBits(stream) || bitsBehindTheEnd(stream, content);
}

/** A block's head has three bits: is it the last, and its type in two, which are zeros for a stored one. */
function storedHeadBits([head = 0]: Buffer): boolean {
  return (head & 0b110) === 0 && head >> 3 !== 0;
}

/**
 * From the last byte's highest bit down: a bit is spare when the stream says the same with it turned round. The first
 * one that is not closes the code of the last block's end, without which no stream ends.
 */
function bitsBehindTheEnd(stream: Buffer, content: Buffer): boolean {
  const last = stream.length - 1;
  const byte = stream[last] ?? 0;
  for (let bit = 0x80; bit > 0; bit >>= 1) {
    const turned = Buffer.from(stream);
    turned[last] = byte ^ bit;
    if (!inflatesTo(content, turned)) return false;
    if ((byte & bit) !== 0) return true;
  }
  return false;
}

function inflatesTo(content: Buffer, stream: Buffer): boolean {
  try {
    return inflateRawSync(stream, { maxOutputLength: content.length + 1 }).equals(content);
  } catch {
    // Any failure says the same: that bit had a meaning.
    return false;
  }
}

function checkHeader(header: Buffer, limits: GzipLimits): void {
  if (header.length < HEADER_BYTES || header[0] !== 0x1f || header[1] !== 0x8b) {
    throw new VipisoError(limits.code, `${limits.what} cannot be read: it is not gzip data.`, {
      hint: 'A proxy, the login page of a network (captive portal) or an error page may have answered instead: open its address in a browser, or use another mirror.',
    });
  }
  const [, , method, flags, , , , , extraFlags = 0, system = 0] = header;
  const bare =
    method === DEFLATE &&
    flags === 0 &&
    header.readUInt32LE(4) === 0 &&
    [0, 2, 4].includes(extraFlags) &&
    [0, 3, 255].includes(system);
  if (!bare) throw refusal(limits, 'its gzip header is not one that Alpine’s tools write');
}

function inflate(body: Buffer, limits: GzipLimits): { content: Buffer; consumed: number } {
  try {
    const result = inflateRawSync(body, {
      info: true,
      maxOutputLength: limits.maxContent,
      chunkSize: chunkSize(body, limits.maxContent),
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return { content: result.buffer, consumed: result.engine.bytesWritten };
  } catch (cause) {
    const reason = isTooLarge(cause)
      ? `it inflates to more than ${limits.maxContent} bytes`
      : 'its compressed data is corrupt or truncated';
    throw refusal(limits, reason, cause);
  }
}

/** The length in the file's last four bytes, where it is believable, spares the copying of chunks. */
function chunkSize(body: Buffer, maxContent: number): number {
  const recorded = body.length >= TRAILER_BYTES ? body.readUInt32LE(body.length - 4) : 0;
  const plausible = Math.min(recorded, maxContent, body.length * MAX_EXPANSION);
  return Math.max(MIN_CHUNK, plausible + 1);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function refusal(limits: GzipLimits, reason: string, cause?: unknown): VipisoError {
  return new VipisoError(limits.code, `${limits.what} cannot be read: ${reason}.`, { cause });
}

/** Compresses into one member without name or time: equal content gives equal bytes. */
export function gzipMember(content: Buffer, level: number = constants.Z_BEST_COMPRESSION): Buffer {
  const header = Buffer.from([0x1f, 0x8b, DEFLATE, 0, 0, 0, 0, 0, 2, 3]);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length % 2 ** 32, 4);
  return Buffer.concat([header, deflateRawSync(content, { level }), trailer]);
}
