import { bytesToString } from './scan/byte-string.ts';
import type { ByteString } from './scan/byte-string.ts';
import { stanzaLines } from './stanza-lines.ts';
import type { Line } from './stanza-lines.ts';

/** The fields of a stanza that decide about installing it; lists stay text, for most are never looked at. */
export interface StanzaSummary {
  readonly name: ByteString;
  readonly version: string;
  readonly checksum: string;
  readonly installedSize: number;
  readonly providerPriority: number;
  readonly depends: ByteString;
  readonly provides: ByteString;
  readonly installIf: ByteString;
}

/** Picks them out of a stanza without parsing the rest: a solver does this hundreds of times. */
export function stanzaSummary(bytes: Buffer, stanza: Line): StanzaSummary {
  const lines = stanzaLines(bytes, stanza);
  const text = ({ start, end }: Line): ByteString => bytesToString(bytes, start, end);
  return {
    name: text(lines.name),
    version: text(lines.version),
    checksum: text(lines.checksum),
    installedSize: Number(text(lines.installedSize)),
    providerPriority: Number(text(lines.providerPriority)),
    depends: text(lines.depends),
    provides: text(lines.provides),
    installIf: text(lines.installIf),
  };
}
