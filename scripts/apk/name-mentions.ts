import { VipisoError } from '../core/errors.ts';
import { murmur3 } from './murmur3.ts';

/**
 * Where names stand in an index text, and in which package's stanza: parallel columns sorted by the name's
 * hash, in order of appearance where hashes are equal. Found by bisection, stored and loaded as plain bytes.
 */
export interface NameMentions {
  readonly hashes: Uint32Array;
  /** Byte range of the name in the index text. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly packages: Uint32Array;
}

/** Hash (32 bits) and position (21 bits) of a mention share one double while sorting. */
const MAX_MENTIONS = 2 ** 21;
const FIRST_CAPACITY = 4096;

/** Collects mentions in order of appearance; `build` sorts them. */
export class MentionCollector {
  private readonly text: Uint8Array;
  private count = 0;
  /** Hash, start, end and package of one mention after the other. */
  private rows = new Uint32Array(FIRST_CAPACITY * 4);

  constructor(text: Uint8Array) {
    this.text = text;
  }

  add(start: number, end: number, packageId: number): void {
    const at = this.count * 4;
    if (at === this.rows.length) this.grow();
    this.rows[at] = murmur3(this.text, start, end);
    this.rows[at + 1] = start;
    this.rows[at + 2] = end;
    this.rows[at + 3] = packageId;
    this.count += 1;
  }

  private grow(): void {
    const larger = new Uint32Array(this.rows.length * 2);
    larger.set(this.rows);
    this.rows = larger;
  }

  /** @throws VipisoError `malformed-index` for an index of more names than any distribution has. */
  build(): NameMentions {
    if (this.count > MAX_MENTIONS) {
      throw new VipisoError(
        'malformed-index',
        `The index mentions more than ${MAX_MENTIONS} names.`,
      );
    }
    const keys = new Float64Array(this.count);
    for (let row = 0; row < this.count; row++) {
      keys[row] = (this.rows[row * 4] ?? 0) * MAX_MENTIONS + row;
    }
    keys.sort();
    const column = (offset: number): Uint32Array =>
      Uint32Array.from(keys, (key) => this.rows[(key % MAX_MENTIONS) * 4 + offset] ?? 0);
    return { hashes: column(0), starts: column(1), ends: column(2), packages: column(3) };
  }
}

/** Packages whose stanzas mention the name, in order of appearance; one twice when it does so twice. */
export function packagesMentioning(
  mentions: NameMentions,
  text: Buffer,
  name: Uint8Array,
): number[] {
  const hash = murmur3(name, 0, name.length);
  const found: number[] = [];
  for (let row = firstRow(mentions.hashes, hash); mentions.hashes[row] === hash; row++) {
    const start = mentions.starts[row] ?? 0;
    const end = mentions.ends[row] ?? 0;
    if (text.compare(name, 0, name.length, start, end) === 0)
      found.push(mentions.packages[row] ?? 0);
  }
  return found;
}

function firstRow(hashes: Uint32Array, hash: number): number {
  let low = 0;
  let high = hashes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((hashes[middle] ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}
