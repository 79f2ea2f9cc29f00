/**
 * A byte string has one character (U+0000 to U+00FF) per byte. Index texts are held so while they are
 * searched: a flat string is compared and cut without copying, which decoded UTF-8 would not allow.
 */
export type ByteString = string;

const NON_ASCII = /[^\0-\x7f]/;

export function bytesToString(bytes: Buffer, start = 0, end = bytes.length): ByteString {
  return bytes.toString('latin1', start, end);
}

export function stringToBytes(text: ByteString): Buffer {
  return Buffer.from(text, 'latin1');
}

export function decodeUtf8(text: ByteString): string {
  return NON_ASCII.test(text) ? stringToBytes(text).toString('utf8') : text;
}

export function encodeUtf8(text: string): ByteString {
  return NON_ASCII.test(text) ? bytesToString(Buffer.from(text, 'utf8')) : text;
}

const NEWLINE = 0x0a;

/** Where the line ends. Most are short: a call of `indexOf` for each would cost more than the looking. */
export function lineEnd(bytes: Buffer, start: number, limit = bytes.length): number {
  let end = start;
  while (end < limit && bytes[end] !== NEWLINE) end++;
  return end;
}
