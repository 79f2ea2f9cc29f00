const SEED = 5381;

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function scramble(word: number): number {
  return Math.imul(rotateLeft(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
}

/**
 * MurmurHash3 (x86, 32 bits) of a stretch of bytes with the seed that apk-tools uses for its name table,
 * whose order of buckets shows in the order in which apk installs packages.
 */
export function murmur3(bytes: Uint8Array, start: number, end: number): number {
  let hash = SEED;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash ^= scramble(littleEndian(bytes, at, 4));
    hash = (Math.imul(rotateLeft(hash, 13), 5) + 0xe6546b64) | 0;
  }
  if (at < end) hash ^= scramble(littleEndian(bytes, at, end - at));
  return finish(hash ^ (end - start));
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let word = 0;
  for (let index = count - 1; index >= 0; index--) word = (word << 8) | (bytes[at + index] ?? 0);
  return word;
}

function finish(mixed: number): number {
  let hash = mixed;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
