/** One line that only one of two texts has, in the order in which a reader meets it. */
export interface LineChange {
  readonly side: 'removed' | 'added';
  readonly line: string;
}

/** A line of either text, or of both. */
export interface AlignedLine {
  readonly side: 'removed' | 'added' | 'kept';
  readonly line: string;
}

/** The fewest lines to take out and put in, by the longest common subsequence. For files of some hundred lines. */
export function diffLines(
  before: readonly string[],
  after: readonly string[],
): readonly LineChange[] {
  return alignLines(before, after).flatMap(({ side, line }) =>
    side === 'kept' ? [] : [{ side, line }],
  );
}

/** The same with the lines that both texts have, in the order in which a reader meets them. */
export function alignLines(
  before: readonly string[],
  after: readonly string[],
): readonly AlignedLine[] {
  const common = commonLengths(before, after);
  const changes: AlignedLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && old === fresh) {
      changes.push({ side: 'kept', line: old });
      i += 1;
      j += 1;
    } else if (
      fresh === undefined ||
      (old !== undefined && at(common, i + 1, j) >= at(common, i, j + 1))
    ) {
      changes.push({ side: 'removed', line: old ?? '' });
      i += 1;
    } else {
      changes.push({ side: 'added', line: fresh });
      j += 1;
    }
  }
  return changes;
}

/** For each pair of positions the length of the longest common subsequence of what follows. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const row = lengths[i] ?? [];
    for (let j = after.length - 1; j >= 0; j -= 1) {
      row[j] =
        before[i] === after[j]
          ? at(lengths, i + 1, j + 1) + 1
          : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
}

function at(lengths: readonly number[][], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}
