import { MARKS } from './markers.ts';
import type { MarkKind } from './markers.ts';
import type { ViewPath } from './traced-view.ts';

/** A value in a line of a rendered file. */
export interface TracedValue {
  readonly path: ViewPath;
  /** As it is in the line. */
  readonly text: string;
  /** Columns, counted from 0; `to` is behind the last character. */
  readonly from: number;
  readonly to: number;
}

/** A line of a rendered file and what made it. */
export interface TracedLine {
  readonly text: string;
  readonly values: readonly TracedValue[];
  /** Values that the line depends on, without being in it: the innermost last. */
  readonly conditions: readonly ViewPath[];
  /** The template's line, counted from 1. */
  readonly templateLine: number | undefined;
}

interface OpenValue {
  readonly number: number;
  readonly from: number;
}

/** Reads the marks of a text that was rendered from a traced view. @param paths by the number of the mark */
export function readMarks(marked: string, paths: readonly ViewPath[]): readonly TracedLine[] {
  const conditions: number[] = [];
  return marked.split('\n').map((line) => {
    let text = '';
    let position = 0;
    let templateLine: number | undefined;
    const open: OpenValue[] = [];
    const values: TracedValue[] = [];
    // A line belongs to the conditions that hold where its first character stands.
    let around: readonly number[] | undefined;
    const take = (piece: string): void => {
      text += piece;
      if (piece.trim() !== '') around ??= [...conditions];
    };
    for (const match of line.matchAll(MARKS)) {
      take(line.slice(position, match.index));
      position = match.index + match[0].length;
      const number = Number(match[2]);
      switch (match[1] as MarkKind) {
        case 'v':
          open.push({ number, from: text.length });
          break;
        case 'e': {
          const { from = text.length } = open.pop() ?? {};
          const path = paths[number];
          if (path !== undefined)
            values.push({ path, text: text.slice(from), from, to: text.length });
          break;
        }
        case 'o':
          conditions.push(number);
          break;
        case 'c':
          conditions.pop();
          break;
        case 'l':
          templateLine ??= number;
      }
    }
    take(line.slice(position));
    const known = (around ?? conditions).map((number) => paths[number] ?? []);
    return { text, values, conditions: known.filter(isKnown), templateLine };
  });
}

/** The empty path stands for what could not be traced. */
function isKnown(path: ViewPath): boolean {
  return path.length > 0;
}
