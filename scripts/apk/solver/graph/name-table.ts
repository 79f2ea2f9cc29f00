import { compareStrings } from '../../../core/digest.ts';
import { bytesToString } from '../../index/scan/byte-string.ts';
import { Int32Vector } from '../../index/scan/int32-vector.ts';
import { isNameAt } from '../../index/scan/name-bytes.ts';
import type { NameBytes } from '../../index/scan/name-bytes.ts';

const FIRST_SLOTS = 2 ** 14;
/** apk-tools 2.14 keeps names in a hash table of this many buckets and walks it bucket by bucket. */
const BUCKETS = 20_000;

/** Gives names numbers from 0 in the order in which they come up. Their letters stay where they are. */
export class NameTable {
  private readonly texts: Buffer[] = [];
  private readonly starts = new Int32Vector();
  private readonly ends = new Int32Vector();
  private readonly hashes = new Int32Vector();
  /** Open addressing: 1 + a name's number, or 0. */
  private slots = new Int32Array(FIRST_SLOTS);

  get size(): number {
    return this.texts.length;
  }

  /** The name's number; a new one where it has none. */
  number(name: NameBytes): number {
    const slot = this.slotOf(name);
    const known = this.slots[slot] ?? 0;
    if (known !== 0) return known - 1;
    const number = this.size;
    this.slots[slot] = number + 1;
    this.texts.push(name.bytes);
    this.starts.push(name.start);
    this.ends.push(name.end);
    this.hashes.push(name.hash);
    if (this.size * 2 > this.slots.length) this.grow();
    return number;
  }

  /** The name's number; -1 where it has none. */
  find(name: NameBytes): number {
    return (this.slots[this.slotOf(name)] ?? 0) - 1;
  }

  name(number: number): NameBytes {
    const bytes = this.texts[number];
    if (bytes === undefined) throw new Error(`there is no name ${number}`);
    const start = this.starts.at(number);
    return { bytes, start, end: this.ends.at(number), hash: this.hashes.at(number) };
  }

  private slotOf(name: NameBytes): number {
    const mask = this.slots.length - 1;
    let slot = name.hash & mask;
    for (let known; (known = this.slots[slot] ?? 0) !== 0; slot = (slot + 1) & mask) {
      if (this.isName(known - 1, name)) break;
    }
    return slot;
  }

  private isName(number: number, name: NameBytes): boolean {
    const bytes = this.texts[number];
    if (bytes === undefined || this.hashes.at(number) !== name.hash) return false;
    return isNameAt(name, bytes, this.starts.at(number), this.ends.at(number));
  }

  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let number = 0; number < this.size; number++) {
      let slot = this.hashes.at(number) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = number + 1;
    }
  }
}

/**
 * The order in which apk walks its name table. In a bucket the name that apk came upon last stands first; that is taken
 * to be the last one in spelling, for indexes are sorted so, and what is found must not depend on how they are sorted.
 * Source: `apk_hash_foreach` of apk-tools, src/hash.c.
 */
export function compareTableOrder(a: NameBytes, b: NameBytes): number {
  return bucketOf(a) - bucketOf(b) || compareStrings(textOf(b), textOf(a));
}

function bucketOf({ hash }: NameBytes): number {
  return (hash >>> 0) % BUCKETS;
}

function textOf({ bytes, start, end }: NameBytes): string {
  return bytesToString(bytes, start, end);
}
