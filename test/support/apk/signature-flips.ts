import { readGzipMember } from '../../../scripts/formats/gzip-members.ts';

const LIMITS = { maxContent: 1024 * 1024, code: 'malformed-package', what: 'it' } as const;
const LEVEL_HINT = 8;
const SINGLE_BITS = [1, 2, 4, 8, 16, 32, 64, 128];
const ALL_BITS = 255;

/**
 * Flips each bit, and each whole byte, of a file's signature member, the first, which no hash covers. What is named in `readSignatures` as
 * free to change is harmless: the hint at the compression level, and a stream that says the same in other words.
 *
 * @returns the flips with which `check` took a file that is not harmlessly changed
 */
export function harmfulFlipsTaken(file: Buffer, check: (bytes: Buffer) => unknown): string[] {
  const signature = readGzipMember(file, 0, LIMITS);
  const lastBlockEnds = signature.compressed.length - 9;
  const taken: string[] = [];
  for (let at = 0; at < signature.compressed.length; at++) {
    for (const bits of [...SINGLE_BITS, ALL_BITS]) {
      const flipped = Buffer.from(file);
      flipped[at] = (file[at] ?? 0) ^ bits;
      if (!isTaken(check, flipped)) continue;
      const same = readGzipMember(flipped, 0, LIMITS).content.equals(signature.content);
      const known = at === LEVEL_HINT || (at > LEVEL_HINT && at < lastBlockEnds);
      if (!same || !known) taken.push(`byte ${at} ^ ${bits}`);
    }
  }
  return taken;
}

function isTaken(check: (bytes: Buffer) => unknown, bytes: Buffer): boolean {
  try {
    check(bytes);
    return true;
  } catch {
    return false;
  }
}
