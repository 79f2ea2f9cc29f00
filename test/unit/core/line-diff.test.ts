import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines } from '../../../scripts/core/line-diff.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });

test('tells the lines that differ, in the order of reading', () => {
  expect(diffLines(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'd', 'e'])).toEqual([
    { side: 'removed', line: 'b' },
    { side: 'added', line: 'x' },
    { side: 'added', line: 'e' },
  ]);
});

test('tells nothing of equal texts, and enough to make one of the other', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      expect(diffLines(before, before)).toEqual([]);
      const changes = diffLines(before, after);
      const count = (side: string) => changes.filter((change) => change.side === side).length;
      expect(before.length - count('removed')).toBe(after.length - count('added'));
      const rest = (side: string, all: readonly string[]): string => {
        const left = [...all];
        for (const { line } of changes.filter((change) => change.side === side)) {
          left.splice(left.indexOf(line), 1);
        }
        return left.sort().join();
      };
      expect(rest('removed', before)).toBe(rest('added', after));
    }),
  );
});
