/** What the dynamic loader reads of a program or library: its own name and the names it needs. */
export interface ElfNames {
  /** DT_SONAME: only libraries have one. */
  readonly soname: string | undefined;
  /** DT_NEEDED, in the file's order. */
  readonly needed: readonly string[];
}

const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const CLASS_64 = 2;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_SONAME = 14;
const PROGRAM_HEADER_BYTES = 56;
const DYNAMIC_BYTES = 16;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Reads a 64-bit little-endian ELF file (elf(5)); undefined for any other file. */
export function readElf(bytes: Buffer): ElfNames | undefined {
  if (!bytes.subarray(0, 4).equals(MAGIC) || bytes[4] !== CLASS_64) return undefined;
  const segments = readSegments(bytes);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) return { soname: undefined, needed: [] };
  const entries = readDynamic(bytes, dynamic);
  const table = entries.find(({ tag }) => tag === DT_STRTAB)?.value ?? 0;
  const strings = fileOffset(segments, table);
  const text = (at: number): string => {
    const start = strings + at;
    return bytes.toString('latin1', start, bytes.indexOf(0, start));
  };
  const named = (wanted: number): string[] =>
    entries.filter(({ tag }) => tag === wanted).map(({ value }) => text(value));
  return { soname: named(DT_SONAME)[0], needed: named(DT_NEEDED) };
}

function readSegments(bytes: Buffer): Segment[] {
  const table = Number(bytes.readBigUInt64LE(0x20));
  const count = bytes.readUInt16LE(0x38);
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * PROGRAM_HEADER_BYTES;
    return {
      type: bytes.readUInt32LE(at),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      address: Number(bytes.readBigUInt64LE(at + 16)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
    };
  });
}

function readDynamic(bytes: Buffer, { offset, size }: Segment): { tag: number; value: number }[] {
  return Array.from({ length: Math.floor(size / DYNAMIC_BYTES) }, (_, index) => {
    const at = offset + index * DYNAMIC_BYTES;
    return {
      tag: Number(bytes.readBigUInt64LE(at)),
      value: Number(bytes.readBigUInt64LE(at + 8)),
    };
  });
}

function fileOffset(segments: readonly Segment[], address: number): number {
  const home = segments.find(
    (it) => it.type === PT_LOAD && address >= it.address && address < it.address + it.size,
  );
  return home === undefined ? address : address - home.address + home.offset;
}
