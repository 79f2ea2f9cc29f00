/**
 * Invisible marks in a text that is rendered to be traced, never to be shipped: characters of Unicode's private use
 * area, which no configuration file has. `v` and `e` stand around a value, `o` and `c` around what depends on one,
 * `l` in front of each line of a template.
 */
export type MarkKind = 'v' | 'e' | 'o' | 'c' | 'l';

const OPEN = '\u{E000}';
const CLOSE = '\u{E001}';

export function mark(kind: MarkKind, number: number): string {
  return `${OPEN}${kind}${number}${CLOSE}`;
}

/** All marks of a text; groups are the kind and the number. */
export const MARKS = /\u{E000}([veocl])(\d+)\u{E001}/gu;

export function withoutMarks(text: string): string {
  return text.replace(MARKS, '');
}
