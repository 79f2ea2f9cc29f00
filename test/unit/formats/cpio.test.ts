import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseCpio, readCpio, writeCpio } from '../../../scripts/formats/cpio.ts';
import type { CpioEntry } from '../../../scripts/formats/cpio.ts';

const FILE = 0o100644;
const DIRECTORY = 0o040755;
const EPOCH = 1_700_000_000;
const NO_DEVICE = { major: 0, minor: 0 };

function fileEntry(name: string, content: string, linkGroup?: string): CpioEntry {
  return { name, mode: FILE, content: Buffer.from(content), device: NO_DEVICE, linkGroup };
}

const entries = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z][a-z0-9./é-]{0,40}$/),
    mode: fc.constantFrom(FILE, DIRECTORY, 0o120777, 0o100755),
    content: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    device: fc.constant(NO_DEVICE),
    linkGroup: fc.constant(undefined),
  }),
  { selector: ({ name }) => name, maxLength: 20 },
);

/** Sets one eight-digit field (0 = inode) of the header that starts at `offset`. */
function patch(archive: Buffer, offset: number, field: number, value: number): void {
  archive.write(value.toString(16).padStart(8, '0'), offset + 6 + 8 * field, 'latin1');
}

describe('a cpio archive', () => {
  test('reads back as it was written', () => {
    fc.assert(
      fc.property(entries, (written) => {
        expect(readCpio(writeCpio(written, EPOCH))).toEqual(written);
      }),
    );
  });

  test('is whole blocks, so that another can follow it', () => {
    fc.assert(
      fc.property(entries, (written) => {
        expect(writeCpio(written, EPOCH).length % 512).toBe(0);
      }),
    );
  });

  test('that is normalised twice is the same as once', () => {
    fc.assert(
      fc.property(entries, (written) => {
        const once = normaliseCpio(writeCpio(written, 1), EPOCH);
        expect(normaliseCpio(once, EPOCH)).toEqual(once);
      }),
    );
  });

  test.each([
    ['inode', 0],
    ['owner', 2],
    ['group', 3],
    ['time', 5],
    ['device major', 7],
    ['device minor', 8],
  ])('normalised says nothing of the file system: %s', (_what, field) => {
    const original = writeCpio([fileEntry('init', '#!/bin/sh\n')], EPOCH);
    const elsewhere = Buffer.from(original);
    patch(elsewhere, 0, field, 4711);
    expect(elsewhere).not.toEqual(original);
    expect(normaliseCpio(elsewhere, EPOCH)).toEqual(original);
  });

  test('keeps hard links together', () => {
    const linked = [fileEntry('a', '', 'x'), fileEntry('b', 'content', 'x'), fileEntry('c', '')];
    const [a, b, c] = readCpio(writeCpio(linked, EPOCH));
    expect(a?.linkGroup).toBeDefined();
    expect(b?.linkGroup).toBe(a?.linkGroup);
    expect(c?.linkGroup).toBeUndefined();
  });

  test('keeps the numbers of device nodes', () => {
    const node = { ...fileEntry('console', ''), mode: 0o020600, device: { major: 5, minor: 1 } };
    expect(readCpio(normaliseCpio(writeCpio([node], 1), EPOCH))).toEqual([node]);
  });

  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, 100)],
    ['without an end', (bytes: Buffer) => bytes.subarray(0, 136)],
    ['of something else', () => Buffer.from('not an archive'.repeat(20))],
  ])('%s is refused', (_what, damage) => {
    const archive = writeCpio([fileEntry('init', 'x')], EPOCH);
    expect(() => readCpio(damage(archive))).toThrow(
      expect.objectContaining({ code: 'malformed-archive' }),
    );
  });
});
