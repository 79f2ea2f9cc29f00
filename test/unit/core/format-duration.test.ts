import { expect, test } from 'vitest';
import { formatDuration, formatWholeDuration } from '../../../scripts/core/format-duration.ts';

test.each([
  [0, '0.0 s'],
  [412, '0.4 s'],
  [12_345, '12.3 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min 0 s'],
  [119_700, '2 min 0 s'],
  [125_000, '2 min 5 s'],
  [3_599_600, '1 h 0 min'],
  [12_000_000, '3 h 20 min'],
])('%i ms are %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test.each([
  [400, '0 s'],
  [59_600, '1 min 0 s'],
  [492_000, '8 min 12 s'],
])('%i ms are about %s', (milliseconds, text) => {
  expect(formatWholeDuration(milliseconds)).toBe(text);
});
