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
    switch (stanza.charAt(start)) {
      case 'P':
        name = stanza.slice(from, end);
        break;
      case 'V':
        version = stanza.slice(from, end);
        break;
      case 'C':
        checksum = stanza.slice(from, end);
        break;
      case 'I':
        installedSize = Number(stanza.slice(from, end));
        break;
      case 'k':
        providerPriority = Number(stanza.slice(from, end));
        break;
      case 'D':
        depends = stanza.slice(from, end);
        break;
      case 'p':
        provides = stanza.slice(from, end);
        break;
      case 'i':
        installIf = stanza.slice(from, end);
        break;
    }
  }
  return { name, version, checksum, installedSize, providerPriority, depends, provides, installIf };
}
