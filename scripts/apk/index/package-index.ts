import { VipisoError } from '../../core/errors.ts';
import type { PackageRecord } from '../model.ts';
import { canonicalText, isCanonical } from './index-order.ts';
import { encodeUtf8, stringToBytes } from './scan/byte-string.ts';
import { scanIndex, stanzaAt } from './scan/index-scan.ts';
import type { IndexLayout } from './scan/index-scan.ts';
import { nameBytesOf } from './scan/name-bytes.ts';
import type { NameBytes } from './scan/name-bytes.ts';
import { markShared, packagesNaming } from './scan/name-index.ts';
import { stanzaLines } from './stanza-lines.ts';
import type { StanzaLines } from './stanza-lines.ts';
import { stanzaSummary } from './stanza-summary.ts';
import type { StanzaSummary } from './stanza-summary.ts';
import { formatStanza, parseStanza } from './stanza.ts';

/**
 * The packages of one repository, numbered from 0 by name and version whatever the order of the file, so that
 * nothing that is computed from it depends on that order. Stanzas are parsed when they are asked for: of
 * Alpine's 23,000 a solver looks at a few thousand.
 */
export class PackageIndex implements Iterable<PackageRecord> {
  /** The index text: left as bytes, of which only the stanzas that are asked for become strings. */
  readonly bytes: Buffer;
  readonly layout: IndexLayout;
  private readonly parsed = new Map<number, PackageRecord>();

  /** For texts that were scanned before and are in canonical order; else see `fromText`. */
  constructor(bytes: Buffer, layout: IndexLayout) {
    this.bytes = bytes;
    this.layout = layout;
  }

  /** @throws VipisoError `malformed-index` when the bytes are not an APKINDEX. */
  static fromText(bytes: Buffer): PackageIndex {
    const layout = scanIndex(bytes);
    if (isCanonical(bytes, layout)) return new PackageIndex(bytes, layout);
    const sorted = stringToBytes(canonicalText(bytes, layout));
    return new PackageIndex(sorted, scanIndex(sorted));
  }

  static fromRecords(records: Iterable<PackageRecord>): PackageIndex {
    return PackageIndex.fromText(Buffer.from([...records].map(formatStanza).join('\n')));
  }

  /** Number of packages. */
  get size(): number {
    return this.layout.names.length;
  }

  /** Build time of the newest package, in Unix seconds; 0 when the index tells none. */
  get newestBuild(): number {
    return this.layout.newestBuild;
  }

  /** @throws VipisoError `malformed-index` when the stanza lacks a name or version or holds a wrong number. */
  record(id: number): PackageRecord {
    const known = this.parsed.get(id);
    if (known !== undefined) return known;
    const { start, end } = stanzaAt(this.layout, id);
    const stanza = this.bytes.toString('utf8', start, end);
    const record = parseStanza(stanza);
    if (record === undefined) {
      throw new VipisoError('malformed-index', 'A stanza of the package index is malformed.', {
        details: stanza.trim().split('\n'),
      });
    }
    this.parsed.set(id, record);
    return record;
  }

  /** What a solver needs to know of a package. */
  summary(id: number): StanzaSummary {
    return stanzaSummary(this.bytes, stanzaAt(this.layout, id));
  }

  /** Where the lines of a stanza are in `bytes` that tie packages together. */
  lines(id: number): StanzaLines {
    return stanzaLines(this.bytes, stanzaAt(this.layout, id));
  }

  /** All versions of the package of that very name. */
  named(name: string): PackageRecord[] {
    const ids = this.providersOf(nameBytesOf(encodeUtf8(name)));
    return ids.map((id) => this.record(id)).filter((record) => record.name === name);
  }

  /** Numbers of the packages that have or provide the name. */
  providersOf(name: NameBytes): readonly number[] {
    return packagesNaming(this.layout.providers, this.bytes, name);
  }

  /** Numbers of the packages whose install_if list mentions the name. */
  triggeredBy(name: NameBytes): readonly number[] {
    return packagesNaming(this.layout.triggers, this.bytes, name);
  }

  /** By package number: `OWN_NAME` and `PROVIDED_NAME` of what is in an install_if list of one of the indexes. */
  triggerMarks(indexes: readonly PackageIndex[]): Uint8Array {
    const marks = new Uint8Array(this.size);
    const { providers: nameIndex, names } = this.layout;
    for (const { layout } of indexes) markShared({ nameIndex, names }, layout.triggers, marks);
    return marks;
  }

  *[Symbol.iterator](): Iterator<PackageRecord> {
    for (let id = 0; id < this.size; id++) yield this.record(id);
  }
}
