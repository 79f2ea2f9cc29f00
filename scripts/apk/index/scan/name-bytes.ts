import { stringToBytes } from './byte-string.ts';
import type { ByteString } from './byte-string.ts';
import { murmur3 } from './murmur3.ts';

/** A package's name, or one that is provided, as it is in an index text or in bytes of its own. */
export interface NameBytes {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Its `murmur3`. */
  readonly hash: number;
}

export function nameBytesOf(text: ByteString): NameBytes {
  const bytes = stringToBytes(text);
  return nameBytesAt(bytes, 0, bytes.length);
}

export function nameBytesAt(bytes: Buffer, start: number, end: number): NameBytes {
  return { bytes, start, end, hash: murmur3(bytes, start, end) };
}

/** Whether the name is what is in the other bytes from `start` to `end`. */
export function isNameAt(name: NameBytes, bytes: Buffer, start: number, end: number): boolean {
  if (name.end - name.start !== end - start) return false;
  for (let at = start, own = name.start; at < end; at++, own++) {
    if (bytes[at] !== name.bytes[own]) return false;
  }
  return true;
}
