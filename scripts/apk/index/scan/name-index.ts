import { VipisoError } from '../../../core/errors.ts';
import { Int32Vector } from './int32-vector.ts';
import { murmur3 } from './murmur3.ts';
import { isNameAt } from './name-bytes.ts';
import type { NameBytes } from './name-bytes.ts';

/**
 * Where names are in an index text, and in which package's stanza: parallel columns sorted by the name's
 * hash, in order of appearance where hashes are equal. Found by bisection, stored and loaded as plain bytes.
 */
export interface NameIndex {
  readonly hashes: Int32Array;
  /** Where the name is in the index text. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly packages: Int32Array;
}

/** Hash (32 bits) and position (21 bits) of an entry share one double while sorting. */
const MAX_ENTRIES = 2 ** 21;
/** Makes signed hashes positive without changing their order. */
const SIGN = 2 ** 31;
/** Hash, start, end and package of one entry after the other. */
const COLUMNS = 4;
/** Alpine's indexes mention a name per 100 bytes of text or so. */
const TEXT_PER_NAME = 64;

/** Collects entries in order of appearance; `build` sorts them. */
export class NameIndexBuilder {
  private readonly text: Buffer;
  private readonly rows: Int32Vector;

  constructor(text: Buffer) {
    this.text = text;
    this.rows = new Int32Vector(COLUMNS * Math.ceil((text.length + 1) / TEXT_PER_NAME));
  }

  add(start: number, end: number, packageId: number): void {
    this.rows.push(murmur3(this.text, start, end));
    this.rows.push(start);
    this.rows.push(end);
    this.rows.push(packageId);
  }

  /** @throws VipisoError `malformed-index` for an index of more names than any distribution has. */
  build(): NameIndex {
    const { rows } = this;
    const count = rows.length / COLUMNS;
    if (count > MAX_ENTRIES) {
      throw new VipisoError(
        'malformed-index',
        `The index mentions more than ${MAX_ENTRIES} names.`,
      );
    }
    const order = this.sortedRows(count);
    const hashes = new Int32Array(count);
    const starts = new Int32Array(count);
    const ends = new Int32Array(count);
    const packages = new Int32Array(count);
    for (let position = 0; position < count; position++) {
      const at = ((order[position] ?? 0) % MAX_ENTRIES) * COLUMNS;
      hashes[position] = rows.at(at);
      starts[position] = rows.at(at + 1);
      ends[position] = rows.at(at + 2);
      packages[position] = rows.at(at + 3);
    }
    return { hashes, starts, ends, packages };
  }

  private sortedRows(count: number): Float64Array {
    const keys = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      keys[row] = (this.rows.at(row * COLUMNS) + SIGN) * MAX_ENTRIES + row;
    }
    return keys.sort();
  }
}

const NOWHERE: readonly number[] = [];

/** Packages whose stanzas mention the name, in order of appearance, each once. */
export function packagesNaming(
  nameIndex: NameIndex,
  text: Buffer,
  name: NameBytes,
): readonly number[] {
  const { hash } = name;
  const first = firstRow(nameIndex.hashes, hash);
  if (nameIndex.hashes[first] !== hash) return NOWHERE;
  // An array that is pushed to gets room for many: too much where there are thousands of one each.
  if (nameIndex.hashes[first + 1] !== hash) {
    return isEntryOf(nameIndex, first, text, name) ? [nameIndex.packages[first] ?? 0] : NOWHERE;
  }
  const found: number[] = [];
  for (let row = first; nameIndex.hashes[row] === hash; row++) {
    const id = nameIndex.packages[row] ?? 0;
    if (id === found.at(-1)) continue;
    if (isEntryOf(nameIndex, row, text, name)) found.push(id);
  }
  return found;
}

function isEntryOf(nameIndex: NameIndex, row: number, text: Buffer, name: NameBytes): boolean {
  return isNameAt(name, text, nameIndex.starts[row] ?? 0, nameIndex.ends[row] ?? 0);
}

/** The first row of that hash, or of the next larger one; all rows below `from` have smaller ones. */
function firstRow(hashes: Int32Array, hash: number, from = 0): number {
  let low = from;
  let high = hashes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((hashes[middle] ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Bits of a package's mark: its own name, or one that it provides, is mentioned elsewhere. */
export const OWN_NAME = 1;
export const PROVIDED_NAME = 2;

/**
 * Marks the packages of `nameIndex` for names that `others` mention too, going by hash alone: a mark may be
 * wrong once in billions, a missing one never is.
 *
 * @param names Where each package's own name starts in the text.
 */
export function markShared(
  { nameIndex, names }: { readonly nameIndex: NameIndex; readonly names: Int32Array },
  others: NameIndex,
  marks: Uint8Array,
): void {
  const { hashes, packages, starts } = nameIndex;
  let row = 0;
  let last: number | undefined;
  // Install_if lists mention far fewer names than packages have: each is looked for, not the other way round.
  for (const hash of others.hashes) {
    if (hash === last) continue;
    last = hash;
    row = firstRow(hashes, hash, row);
    for (; hashes[row] === hash; row++) {
      const id = packages[row] ?? 0;
      marks[id] = (marks[id] ?? 0) | (starts[row] === names[id] ? OWN_NAME : PROVIDED_NAME);
    }
  }
}
