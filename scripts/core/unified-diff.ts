import { alignLines } from './line-diff.ts';
import type { AlignedLine } from './line-diff.ts';

/** A stretch of changed lines with what surrounds them, as diff(1) prints with `-u`. */
export interface Hunk {
  /** `@@ -12,7 +12,8 @@`: first line and number of lines in either text. */
  readonly header: string;
  /** Each begins with a blank, `-` or `+`. */
  readonly lines: readonly string[];
}

const CONTEXT = 3;
const MARKS: Readonly<Record<AlignedLine['side'], string>> = {
  kept: ' ',
  removed: '-',
  added: '+',
};

/** The hunks between two texts; none where they are equal. For files of some hundred lines. */
export function unifiedHunks(before: string, after: string): readonly Hunk[] {
  if (before === after) return [];
  const lines = alignLines(linesOf(before), linesOf(after));
  return stretches(lines).map(([from, to]) => {
    const range = (other: AlignedLine['side']): string => {
      const own = (part: readonly AlignedLine[]): number =>
        part.filter(({ side }) => side !== other).length;
      const [first, count] = [own(lines.slice(0, from)), own(lines.slice(from, to))];
      return `${count === 0 ? first : first + 1}${count === 1 ? '' : `,${count}`}`;
    };
    return {
      header: `@@ -${range('added')} +${range('removed')} @@`,
      lines: lines.slice(from, to).map(({ side, line }) => `${MARKS[side]}${line}`),
    };
  });
}

/** First and last (exclusive) of what each hunk shows: changes with the lines around them, joined where those meet. */
function stretches(lines: readonly AlignedLine[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const [index, { side }] of lines.entries()) {
    if (side === 'kept') continue;
    const [from, to] = [Math.max(0, index - CONTEXT), Math.min(lines.length, index + CONTEXT + 1)];
    const last = found.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else found.push([from, to]);
  }
  return found;
}

/** A last line without a line break is marked, so that it is another than one with it. */
function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  if (text.endsWith('\n')) return text.slice(0, -1).split('\n');
  return [...text.split('\n'), '\\ No newline at end of file'];
}
