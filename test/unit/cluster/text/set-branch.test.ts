import { expect, test } from 'vitest';
import { setBranch } from '../../../../scripts/cluster/text/set-branch.ts';

test.each([
  [
    'replaces the value alone',
    'a: 1\nalpine:\n  branch:   v3.19 # pinned\n',
    'a: 1\nalpine:\n  branch:   v3.24 # pinned\n',
  ],
  ['replaces a quoted value', 'alpine:\n  branch: "v3.19"\n', 'alpine:\n  branch: v3.24\n'],
  [
    'adds a line before others',
    'alpine:\n    # why\n    kernel: lts\n',
    'alpine:\n    # why\n    branch: v3.24\n    kernel: lts\n',
  ],
  [
    'fills an empty section',
    'alpine: # all defaults\n  #kernel: lts\nb: 1\n',
    'alpine: # all defaults\n  branch: v3.24\n  #kernel: lts\nb: 1\n',
  ],
  ['adds a section', 'a: 1 # x', 'a: 1 # x\nalpine:\n  branch: v3.24\n'],
  [
    'replaces within braces',
    'alpine: {branch: v3.19, kernel: lts}\n',
    'alpine: {branch: v3.24, kernel: lts}\n',
  ],
])('%s', (_what, before, after) => {
  expect(setBranch(before, 'v3.24')).toBe(after);
});

test.each([
  ['braces without a branch', 'alpine: {kernel: lts}\n'],
  ['a file in braces', '{a: 1}\n'],
  ['an alias', 'x: &x {kernel: lts}\nalpine: *x\n'],
])('leaves %s to the user', (_what, text) => {
  expect(setBranch(text, 'v3.24')).toBeUndefined();
});
