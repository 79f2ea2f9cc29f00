import { expect, test } from 'vitest';
import { unifiedHunks } from '../../../scripts/core/unified-diff.ts';

const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `${at + 1}`);

test('hunks have three lines around what differs, and tell where they are', () => {
  const before = numbered(20);
  const after = before.flatMap((line) =>
    line === '3' ? [] : line === '15' ? ['15', 'x'] : [line],
  );
  expect(unifiedHunks(`${before.join('\n')}\n`, `${after.join('\n')}\n`)).toEqual([
    { header: '@@ -1,6 +1,5 @@', lines: [' 1', ' 2', '-3', ' 4', ' 5', ' 6'] },
    { header: '@@ -13,6 +12,7 @@', lines: [' 13', ' 14', ' 15', '+x', ' 16', ' 17', ' 18'] },
  ]);
});

test('a whole file that is new or gone, and a last line without its line break', () => {
  expect(unifiedHunks('', 'a\n')).toEqual([{ header: '@@ -0,0 +1 @@', lines: ['+a'] }]);
  expect(unifiedHunks('a\n', '')).toEqual([{ header: '@@ -1 +0,0 @@', lines: ['-a'] }]);
  expect(unifiedHunks('a\n', 'a')[0]?.lines).toEqual([' a', '+\\ No newline at end of file']);
  expect(unifiedHunks('a\n', 'a\n')).toEqual([]);
});
