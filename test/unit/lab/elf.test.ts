import { describe, expect, test } from 'vitest';
import { readElf } from '../../lab/elf.ts';

const LOAD = 1;
const DYNAMIC = 2;
const NEEDED = 1;
const STRTAB = 5;
const SONAME = 14;
const HEADER_BYTES = 0x40;
const SEGMENT_BYTES = 56;
const ADDRESS = 0x10000;

/** A library file with nothing but its dynamic section; its segment is mapped at another address than its offset. */
function library(soname: string | undefined, needed: readonly string[]): Buffer {
  const names = [...(soname === undefined ? [] : [soname]), ...needed];
  const strings = Buffer.from(`\0${names.map((name) => `${name}\0`).join('')}`);
  const at = (name: string): number => strings.indexOf(`${name}\0`);
  const stringsOffset = HEADER_BYTES + 2 * SEGMENT_BYTES;
  const tags = [
    ...needed.map((name) => [NEEDED, at(name)]),
    ...(soname === undefined ? [] : [[SONAME, at(soname)]]),
    [STRTAB, ADDRESS + stringsOffset],
    [0, 0],
  ].flat();
  const dynamic = Buffer.concat(tags.map(quad));
  const dynamicOffset = stringsOffset + strings.length;
  const end = dynamicOffset + dynamic.length;
  const header = Buffer.alloc(HEADER_BYTES);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(header);
  header.writeBigUInt64LE(BigInt(HEADER_BYTES), 0x20);
  header.writeUInt16LE(2, 0x38);
  const load = segment(LOAD, 0, ADDRESS, end);
  const section = segment(DYNAMIC, dynamicOffset, ADDRESS + dynamicOffset, dynamic.length);
  return Buffer.concat([header, load, section, strings, dynamic]);
}

function segment(type: number, offset: number, address: number, size: number): Buffer {
  const kind = Buffer.alloc(8);
  kind.writeUInt32LE(type);
  return Buffer.concat([kind, ...[offset, address, address, size, size, 0x1000].map(quad)]);
}

function quad(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

describe('readElf', () => {
  test('reads a library’s own name and the names it needs, in order', () => {
    expect(readElf(library('libx.so.1', ['libz.so.1', 'libc.so.6']))).toEqual({
      soname: 'libx.so.1',
      needed: ['libz.so.1', 'libc.so.6'],
    });
  });

  test('a program has no name of its own', () => {
    expect(readElf(library(undefined, ['libc.so.6']))).toEqual({
      soname: undefined,
      needed: ['libc.so.6'],
    });
  });

  test('scripts, 32-bit programs and empty files are not for it', () => {
    const small = library('libx.so.1', []);
    small[4] = 1;
    expect(readElf(Buffer.from('#!/bin/sh\n'))).toBeUndefined();
    expect(readElf(Buffer.alloc(0))).toBeUndefined();
    expect(readElf(small)).toBeUndefined();
  });
});
