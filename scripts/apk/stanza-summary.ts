import type { ByteString } from './byte-string.ts';

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

/** Picks them out of a stanza without parsing the rest: a solver does this thousands of times. */
export function stanzaSummary(stanza: ByteString): StanzaSummary {
  let name = '';
  let version = '';
  let checksum = '';
  let installedSize = 0;
  let providerPriority = 0;
  let depends = '';
  let provides = '';
  let installIf = '';
  for (let start = 0, end; start < stanza.length; start = end + 1) {
    end = stanza.indexOf('\n', start);
    if (end < 0) end = stanza.length;
    const from = start + 2;
    switch (stanza.charCodeAt(start)) {
      case 80: // P
        name = stanza.slice(from, end);
        break;
      case 86: // V
        version = stanza.slice(from, end);
        break;
      case 67: // C
        checksum = stanza.slice(from, end);
        break;
      case 73: // I
        installedSize = Number(stanza.slice(from, end));
        break;
      case 107: // k
        providerPriority = Number(stanza.slice(from, end));
        break;
      case 68: // D
        depends = stanza.slice(from, end);
        break;
      case 112: // p
        provides = stanza.slice(from, end);
        break;
      case 105: // i
        installIf = stanza.slice(from, end);
        break;
    }
  }
  return { name, version, checksum, installedSize, providerPriority, depends, provides, installIf };
}
