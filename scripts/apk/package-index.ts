import { VipisoError } from '../core/errors.ts';
import { bytesToString, decodeUtf8, encodeUtf8, stringToBytes } from './byte-string.ts';
import type { ByteString } from './byte-string.ts';
import { canonicalText, isCanonical } from './index-order.ts';
import { scanIndex } from './index-scan.ts';
import type { IndexLayout } from './index-scan.ts';
import type { PackageRecord } from './model.ts';
import { isNameAt, nameBytesOf } from './name-bytes.ts';
import type { NameBytes } from './name-bytes.ts';
import { markShared, packagesMentioning } from './name-mentions.ts';
import { stanzaLines } from './stanza-lines.ts';
import type { StanzaLines } from './stanza-lines.ts';
import { stanzaSummary } from './stanza-summary.ts';
import type { StanzaSummary } from './stanza-summary.ts';
import { formatStanza, parseStanza } from './stanza.ts';

const NEWLINE = 0x0a;

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
    const stanza = decodeUtf8(this.stanza(id));
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
    return stanzaSummary(this.stanza(id));
  }

  /** Where the lines of a stanza stand in `bytes` that tie packages together. */
  lines(id: number): StanzaLines {
    const { stanzas } = this.layout;
    return stanzaLines(this.bytes, stanzas[id] ?? 0, stanzas[id + 1] ?? 0);
  }

  /** Whether it is the package's own name. */
  isNamed(id: number, name: NameBytes): boolean {
    const start = this.layout.names[id] ?? 0;
    const end = start + name.end - name.start;
    return isNameAt(name, this.bytes, start, end) && (this.bytes[end] ?? NEWLINE) === NEWLINE;
  }

  /** All versions of the package of that very name. */
  named(name: string): PackageRecord[] {
    const ids = this.providersOf(nameBytesOf(encodeUtf8(name)));
    return ids.map((id) => this.record(id)).filter((record) => record.name === name);
  }

  /** Numbers of the packages that have or provide the name. */
  providersOf(name: NameBytes): readonly number[] {
    return packagesMentioning(this.layout.providers, this.bytes, name);
  }

  /** Numbers of the packages whose install_if list mentions the name. */
  triggeredBy(name: NameBytes): readonly number[] {
    return packagesMentioning(this.layout.triggers, this.bytes, name);
  }

  /** By package number: `OWN_NAME` and `PROVIDED_NAME` of what stands in an install_if list of one of the indexes. */
  triggerMarks(indexes: readonly PackageIndex[]): Uint8Array {
    const marks = new Uint8Array(this.size);
    const { providers: mentions, names } = this.layout;
    for (const { layout } of indexes) markShared({ mentions, names }, layout.triggers, marks);
    return marks;
  }

  *[Symbol.iterator](): Iterator<PackageRecord> {
    for (let id = 0; id < this.size; id++) yield this.record(id);
  }

  private stanza(id: number): ByteString {
    return bytesToString(this.bytes, this.layout.stanzas[id], this.layout.stanzas[id + 1]);
  }
}
