import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareVersions3,
  isMatch3,
  isValidVersion3,
} from '../../../../scripts/apk/solver/rules/version3.ts';
import { compareVersions, isValidVersion } from '../../../../scripts/apk/version.ts';

describe('compareVersions3', () => {
  it.each([
    ['', '0'],
    ['1', '1.0'],
    ['1.2', '1.10'],
    ['1.010', '1.09'],
    ['1.0', '1.00'],
    ['1_alpha', '1_beta1'],
    ['1_rc2', '1'],
    ['1', '1_p1'],
    ['1', '1a'],
    ['1_git20230717', '1_p0'],
    ['1.2-r3', '1.2-r12'],
    ['1.2~abc', '1.2~abd'],
    ['1.x', '1'],
    ['12345678901234567890', '12345678901234567891'],
  ])('%j is older than %j', (older, newer) => {
    expect(compareVersions3(older, newer)).toBe(-1);
    expect(compareVersions3(newer, older)).toBe(1);
  });

  it('agrees with 2.14 where no number has a leading zero', () => {
    const number = fc.integer({ min: 1, max: 30 }).map(String);
    const suffix = fc.constantFrom('', '_alpha', '_rc2', '_p1', '_git20230717');
    const version = fc
      .tuple(fc.array(number, { minLength: 1, maxLength: 3 }), suffix, number)
      .map(([parts, tail, revision]) => `${parts.join('.')}${tail}-r${revision}`);
    fc.assert(
      fc.property(version, version, (a, b) => compareVersions3(a, b) === compareVersions(a, b)),
    );
    fc.assert(fc.property(version, (it) => isValidVersion3(it) && isValidVersion(it)));
  });
});

describe('isValidVersion3', () => {
  it.each(['1', '1.2.3', '1.2b', '1_p1_p2', '1_git~0af', '1.2_rc-r0', '1~0af-r3'])(
    '%j is one',
    (version) => {
      expect(isValidVersion3(version)).toBe(true);
    },
  );
  it.each(['', 'x', '1.', '1..2', '1_zz', '1a2', '1ab', '1-r', '1-r1.2', '1~xyz', '1-1'])(
    '%j is none',
    (version) => {
      expect(isValidVersion3(version)).toBe(false);
    },
  );
});

describe('isMatch3', () => {
  it.each([
    ['1.2.3', '~', '1.2', true],
    ['1.20', '~', '1.2', false],
    ['1.3', '>~', '1.2', true],
    ['', '<', '1', true],
    ['', '<=', '1', true],
    ['', '>=', '1', false],
    ['', '=', '1', false],
    ['', '~', '1', false],
  ] as const)('%j %s %j: %s', (actual, operator, wanted, expected) => {
    expect(isMatch3(actual, operator, wanted)).toBe(expected);
  });
});
