import { lineEnd } from './scan/byte-string.ts';

/** Where a value is in an index text. */
export interface Line {
  readonly start: number;
  readonly end: number;
}

/** The lines of a stanza that decide about installing its package, by their letters (see `parseStanza` for the format). */
const FIELDS = {
  P: 'name',
  V: 'version',
  C: 'checksum',
  I: 'installedSize',
  k: 'providerPriority',
  D: 'depends',
  p: 'provides',
  i: 'installIf',
} as const;
type Field = (typeof FIELDS)[keyof typeof FIELDS];

/** Where their values stand; start and end are equal where a line is missing. */
export type StanzaLines = Readonly<Record<Field, Line>>;

const FIELD_OF_LETTER = new Map(
  Object.entries(FIELDS).map(([letter, field]) => [letter.charCodeAt(0), field]),
);
const MISSING: Line = { start: 0, end: 0 };

/** Finds them without making a text of anything: a solver does this thousands of times. */
export function stanzaLines(bytes: Buffer, { start, end }: Line): StanzaLines {
  const lines: Record<Field, Line> = {
    name: MISSING,
    version: MISSING,
    checksum: MISSING,
    installedSize: MISSING,
    providerPriority: MISSING,
    depends: MISSING,
    provides: MISSING,
    installIf: MISSING,
  };
  for (let at = start, next; at < end; at = next + 1) {
    next = lineEnd(bytes, at, end);
    const field = FIELD_OF_LETTER.get(bytes[at] ?? 0);
    if (field !== undefined) lines[field] = { start: at + 2, end: next };
  }
  return lines;
}
