import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gzipMember, hasSpareBits, readGzipMember } from '../../../scripts/formats/gzip-members.ts';
import type { GzipMember } from '../../../scripts/formats/gzip-members.ts';

const limits = { maxContent: 1024 * 1024, code: 'malformed-package', what: 'x.apk' } as const;

describe('readGzipMember', () => {
  it('finds the exact bytes of each member of a concatenation', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 2000 }), { minLength: 1, maxLength: 4 }),
        (parts) => {
          const members = parts.map((part) => gzipMember(Buffer.from(part)));
          const file = Buffer.concat(members);
          let offset = 0;
          for (const [position, part] of parts.entries()) {
            const { compressed, content } = readGzipMember(file, offset, limits);
            expect(compressed.equals(members[position] ?? Buffer.alloc(0))).toBe(true);
            expect(content.equals(Buffer.from(part))).toBe(true);
            offset += compressed.length;
          }
          expect(offset).toBe(file.length);
        },
      ),
    );
  });

  it('refuses every truncation', () => {
    const file = gzipMember(Buffer.from('some content that is worth compressing'.repeat(3)));
    for (let length = 0; length < file.length; length++) {
      expect(() => readGzipMember(file.subarray(0, length), 0, limits)).toThrow(/cannot be read/);
    }
  });

  it('refuses every flipped byte', () => {
    const file = gzipMember(Buffer.from('some content that is worth compressing'.repeat(3)));
    for (let at = 0; at < file.length; at++) {
      const flipped = Buffer.from(file);
      flipped[at] = (file[at] ?? 0) ^ 0xff;
      expect(() => readGzipMember(flipped, 0, limits)).toThrow(/cannot be read/);
    }
  });

  it('stops a bomb at the limit', () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
    expect(() => readGzipMember(bomb, 0, limits)).toThrow(/more than 1048576 bytes/);
  });

  it('refuses headers that carry names or times', () => {
    const named = gzipMember(Buffer.from('x'));
    named[3] = 8;
    expect(() => readGzipMember(named, 0, limits)).toThrow(/gzip header/);
  });
});

describe('hasSpareBits', () => {
  const contents = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
  const levels = fc.integer({ min: 0, max: 9 });

  it('finds none in what is compressed at any level', () => {
    fc.assert(
      fc.property(contents, levels, (content, level) => {
        expect(hasSpareBits(readGzipMember(gzipMember(content, level), 0, limits))).toBe(false);
      }),
    );
  });

  it('takes no sound stream for another whose end lies in the checksum behind it', () => {
    // Taken as not the last one, this stream’s block would be followed by an empty last one, made of its CRC-32.
    const content = createHash('sha512').update('872').digest();
    expect(hasSpareBits(readGzipMember(gzipMember(content), 0, limits))).toBe(false);
  });

  it('finds each that is set behind the last block, or behind the head of a stored one', () => {
    let found = 0;
    fc.assert(
      fc.property(contents, levels, (content, level) => {
        const sound = gzipMember(content, level);
        for (const [at, bit] of [10, sound.length - 9].flatMap((at) => eachBit(at))) {
          const flipped = Buffer.from(sound);
          flipped[at] = (sound[at] ?? 0) ^ bit;
          const member = readOrRefuse(flipped);
          if (member?.content.equals(content) !== true || (sound[at] ?? 0) & bit) continue;
          expect(hasSpareBits(member), `byte ${at}, bit ${bit}`).toBe(true);
          found += 1;
        }
      }),
    );
    expect(found).toBeGreaterThan(0);
  });

  function eachBit(at: number): [number, number][] {
    return [1, 2, 4, 8, 16, 32, 64, 128].map((bit) => [at, bit]);
  }

  function readOrRefuse(file: Buffer): GzipMember | undefined {
    try {
      return readGzipMember(file, 0, limits);
    } catch {
      return undefined;
    }
  }
});

describe('gzipMember', () => {
  it('writes what any gunzip reads, always the same', () => {
    const content = Buffer.from('hello '.repeat(1000));
    expect(gunzipSync(gzipMember(content)).equals(content)).toBe(true);
    expect(gzipMember(content).equals(gzipMember(content))).toBe(true);
  });
});
