import { VipisoError } from '../core/errors.ts';
import { scanIndex } from './index-scan.ts';
import type { IndexLayout } from './index-scan.ts';
import { canonicalText, isCanonical } from './index-order.ts';
import type { PackageRecord } from './model.ts';
import { packagesMentioning } from './name-mentions.ts';
import type { NameMentions } from './name-mentions.ts';
import { formatStanza, parseStanza } from './stanza.ts';

/**
 * The packages of one repository, numbered from 0 by name and version whatever the order of the file, so that
 * nothing that is computed from it depends on that order. Stanzas are parsed when they are asked for: of
 * Alpine's 23,000 a solver looks at a few thousand.
 */
export class PackageIndex implements Iterable<PackageRecord> {
  readonly text: Buffer;
  readonly layout: IndexLayout;
  private readonly parsed = new Map<number, PackageRecord>();

  constructor(text: Buffer, layout: IndexLayout) {
    this.text = text;
    this.layout = layout;
  }

  /** @throws VipisoError `malformed-index` when the text is not an APKINDEX. */
  static fromText(text: Buffer): PackageIndex {
    const layout = scanIndex(text);
    if (isCanonical(text, layout)) return new PackageIndex(text, layout);
    const sorted = canonicalText(text, layout);
    return new PackageIndex(sorted, scanIndex(sorted));
  }

  static fromRecords(records: Iterable<PackageRecord>): PackageIndex {
    return PackageIndex.fromText(Buffer.from([...records].map(formatStanza).join('\n')));
  }

  get size(): number {
    return this.layout.stanzas.length - 1;
  }

  /** @throws VipisoError `malformed-index` when the stanza lacks a name or version or holds a wrong number. */
  record(id: number): PackageRecord {
    const known = this.parsed.get(id);
    if (known !== undefined) return known;
    const start = this.layout.stanzas[id] ?? this.text.length;
    const end = this.layout.stanzas[id + 1] ?? this.text.length;
    const stanza = this.text.toString('utf8', start, end);
    const record = parseStanza(stanza);
    if (record === undefined) {
      throw new VipisoError('malformed-index', `A stanza of the package index is malformed.`, {
        details: stanza.trim().split('\n'),
      });
    }
    this.parsed.set(id, record);
    return record;
  }

  /** Numbers of the packages that have or provide the name. */
  providersOf(name: string): readonly number[] {
    return this.mentioning(this.layout.providers, name);
  }

  /** Numbers of the packages whose install_if list mentions the name. */
  triggeredBy(name: string): readonly number[] {
    return this.mentioning(this.layout.triggers, name);
  }

  private mentioning(mentions: NameMentions, name: string): number[] {
    const ids = packagesMentioning(mentions, this.text, Buffer.from(name));
    return ids.filter((id, position) => id !== ids[position - 1]);
  }

  *[Symbol.iterator](): Iterator<PackageRecord> {
    for (let id = 0; id < this.size; id++) yield this.record(id);
  }
}
