import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gzipMember, readGzipMember } from '../../../scripts/apk/gzip-members.ts';

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

describe('gzipMember', () => {
  it('writes what any gunzip reads, always the same', () => {
    const content = Buffer.from('hello '.repeat(1000));
    expect(gunzipSync(gzipMember(content)).equals(content)).toBe(true);
    expect(gzipMember(content).equals(gzipMember(content))).toBe(true);
  });
});
