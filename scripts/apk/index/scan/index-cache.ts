import { PackageIndex } from '../package-index.ts';
import type { IndexLayout } from './index-scan.ts';

/** What is worth keeping of an index archive that was read once. */
export interface CachedIndex {
  /** Free text of the repository: a release for Alpine's own, the tag for an image's. */
  readonly description: string;
  readonly records: PackageIndex;
}

/** Changes with the format: part of the key under which caches are kept. */
export const INDEX_CACHE_FORMAT = 5;
/** Tells caches from other files; on a machine of the other byte order it reads differently. */
const MAGIC = 0x30495056 + INDEX_CACHE_FORMAT * 2 ** 24;
const COLUMN_COUNT = 10;
/** Magic, newest build time, bytes of the description, length of each column. */
const HEADER_WORDS = 3 + COLUMN_COUNT;
const WORD = Uint32Array.BYTES_PER_ELEMENT;

/**
 * Packs a scanned index so that `decodeIndexCache` has it ready without looking at its text.
 *
 * @returns the pieces of the packed form, in their order; they share the index's memory
 */
export function encodeIndexCache({ description, records }: CachedIndex): readonly Buffer[] {
  const columns = columnsOf(records.layout);
  const descriptionBytes = Buffer.from(description);
  const header = Uint32Array.of(
    MAGIC,
    records.layout.newestBuild,
    descriptionBytes.length,
    ...columns.map((column) => column.length),
  );
  return [...[header, ...columns].map(bytesOf), descriptionBytes, records.bytes];
}

/**
 * The result holds on to the bytes. Their digest is for the caller to check: nothing here would notice a change.
 *
 * @returns `undefined` for bytes of another format or length: read the archive again then
 */
export function decodeIndexCache(bytes: Buffer): CachedIndex | undefined {
  if (bytes.length < HEADER_WORDS * WORD) return undefined;
  const aligned = bytes.byteOffset % WORD === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  const header = new Uint32Array(aligned.buffer, aligned.byteOffset, HEADER_WORDS);
  const [magic, newestBuild = 0, descriptionLength = 0, ...lengths] = header;
  const words = lengths.reduce((sum, length) => sum + length, HEADER_WORDS);
  if (magic !== MAGIC || words * WORD + descriptionLength > bytes.length) return undefined;
  let offset = HEADER_WORDS * WORD;
  const columns = lengths.map((length) => {
    const column = columnAt(aligned, offset, length);
    offset += length * WORD;
    return column;
  });
  const description = aligned.toString('utf8', offset, offset + descriptionLength);
  const text = aligned.subarray(offset + descriptionLength);
  return { description, records: new PackageIndex(text, layoutOf(newestBuild, columns)) };
}

function columnsOf({ stanzas, names, providers, triggers }: IndexLayout): Int32Array[] {
  const nameIndex = [providers, triggers].flatMap(({ hashes, starts, ends, packages }) => [
    hashes,
    starts,
    ends,
    packages,
  ]);
  return [stanzas, names, ...nameIndex];
}

function layoutOf(newestBuild: number, columns: readonly Int32Array[]): IndexLayout {
  const column = (position: number): Int32Array => columns[position] ?? new Int32Array();
  const nameIndex = (first: number): IndexLayout['providers'] => ({
    hashes: column(first),
    starts: column(first + 1),
    ends: column(first + 2),
    packages: column(first + 3),
  });
  return {
    newestBuild,
    stanzas: column(0),
    names: column(1),
    providers: nameIndex(2),
    triggers: nameIndex(6),
  };
}

function bytesOf(words: Uint32Array | Int32Array): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}

function columnAt(bytes: Buffer, offset: number, length: number): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset + offset, length);
}
