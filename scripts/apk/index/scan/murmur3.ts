const SEED = 5381;

/**
 * MurmurHash3 (x86, 32 bits) of a stretch of bytes, with the seed that apk-tools uses for its name table: the order of
 * its buckets shows in the order of installation.
 *
 * @returns the 32 bits as a signed number
 */
export function murmur3(bytes: Uint8Array, start: number, end: number): number {
  let hash = SEED;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash ^= scramble(
      byteAt(bytes, at) |
        (byteAt(bytes, at + 1) << 8) |
        (byteAt(bytes, at + 2) << 16) |
        (byteAt(bytes, at + 3) << 24),
    );
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  if (at < end) {
    let tail = 0;
    for (let index = 0; at + index < end; index++) tail |= byteAt(bytes, at + index) << (index * 8);
    hash ^= scramble(tail);
  }
  return finish(hash ^ (end - start));
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

function finish(mixed: number): number {
  let hash = mixed;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
