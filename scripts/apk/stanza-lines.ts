/** Where the values of some of a stanza's lines stand in the index text; start and end are equal where one is missing. */
export interface StanzaLines {
  readonly name: Line;
  readonly checksum: Line;
  readonly depends: Line;
  readonly provides: Line;
  readonly installIf: Line;
}

export interface Line {
  readonly start: number;
  readonly end: number;
}

const NEWLINE = 0x0a;
const LETTER = {
  name: 0x50,
  checksum: 0x43,
  depends: 0x44,
  provides: 0x70,
  installIf: 0x69,
} as const;
const MISSING: Line = { start: 0, end: 0 };

/** Finds them without making a text of anything: a solver does this thousands of times. */
export function stanzaLines(bytes: Uint8Array, start: number, end: number): StanzaLines {
  let name = MISSING;
  let checksum = MISSING;
  let depends = MISSING;
  let provides = MISSING;
  let installIf = MISSING;
  for (let at = start, lineEnd; at < end; at = lineEnd + 1) {
    lineEnd = at;
    while (lineEnd < end && bytes[lineEnd] !== NEWLINE) lineEnd++;
    switch (bytes[at]) {
      case LETTER.name:
        name = { start: at + 2, end: lineEnd };
        break;
      case LETTER.checksum:
        checksum = { start: at + 2, end: lineEnd };
        break;
      case LETTER.depends:
        depends = { start: at + 2, end: lineEnd };
        break;
      case LETTER.provides:
        provides = { start: at + 2, end: lineEnd };
        break;
      case LETTER.installIf:
        installIf = { start: at + 2, end: lineEnd };
        break;
      case undefined:
      default:
        break;
    }
  }
  return { name, checksum, depends, provides, installIf };
}
