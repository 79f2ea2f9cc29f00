import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, isValidVersion, versionMatches } from '../../../scripts/apk/version.ts';

/** Pairs older < newer, each checked against `apk version -t` of apk-tools 2.14. */
const OLDER_TO_NEWER: readonly (readonly [string, string])[] = [
  ['1.0', '1.1'],
  ['1.9', '1.10'],
  ['1.0', '1.0.1'],
  ['1.01', '1.1'],
  ['1.001', '1.01'],
  ['1.0', '1.0a'],
  ['1.0a', '1.0b'],
  ['1.0_alpha', '1.0_beta'],
  ['1.0_beta', '1.0_pre'],
  ['1.0_pre', '1.0_rc'],
  ['1.0_rc', '1.0'],
  ['1.0', '1.0_cvs'],
  ['1.0_cvs', '1.0_svn'],
  ['1.0_svn', '1.0_git'],
  ['1.0_git', '1.0_hg'],
  ['1.0_hg', '1.0_p'],
  ['1.0_rc1', '1.0_rc2'],
  ['1.0_rc9', '1.0_rc10'],
  ['1.0_alpha_p1', '1.0'],
  ['1.0-r0', '1.0-r1'],
  ['1.0-r9', '1.0-r10'],
  ['1.0', '1.0-r0'],
  ['1.0_p1-r5', '1.0_p2-r0'],
  ['1.2.4', '1.2.4_git20230717-r4'],
  ['9.6_p1-r0', '9.7_p1-r0'],
  ['12345678901234566', '12345678901234567'],
];

const version = fc
  .tuple(
    fc.array(fc.nat(120), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', 'a', 'b'),
    fc.constantFrom('', '_alpha', '_beta2', '_rc1', '_git20240101', '_p1', '_rc1_p3'),
    fc.constantFrom('', '-r0', '-r1', '-r12'),
  )
  .map(([numbers, letter, suffix, revision]) => numbers.join('.') + letter + suffix + revision);

describe('compareVersions', () => {
  it.each(OLDER_TO_NEWER)('holds %s older than %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBe(-1);
    expect(compareVersions(newer, older)).toBe(1);
  });

  it('is antisymmetric and transitive', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  it('gives an answer for any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => [-1, 0, 1].includes(compareVersions(a, b))),
    );
  });
});

describe('isValidVersion', () => {
  it.each(['1', '1.', '0.1', '1.2b_rc3_p4-r5', '1-r', 'a', '1.0~deadbeef-r0', '12345678901234567'])(
    'takes %s',
    (text) => {
      expect(isValidVersion(text)).toBe(true);
    },
  );

  it.each(['1-x', '1_foo', '1.0-1', 'ab', '1.0A', '123456789012345678', '1..-', '1.0~', '1 '])(
    'refuses %s',
    (text) => {
      expect(isValidVersion(text)).toBe(false);
    },
  );

  it('takes every version that follows the grammar', () => {
    fc.assert(fc.property(version, isValidVersion));
  });
});

describe('versionMatches', () => {
  it.each([
    ['2.8.10-r0', '~', '2.8', true],
    ['2.8.10-r0', '~', '2', true],
    ['2.8.10-r0', '~', '2.80', false],
    ['2.8.10-r0', '=', '2.8.10', false],
    ['2.8.10-r0', '=', '2.8.10-r0', true],
    ['2.8.10-r0', '>', '2.8.10', true],
    ['2.8.10-r0', '>=', '2.8.10-r0', true],
    ['2.8.10-r0', '<', '2.9', true],
    ['2.8.10-r0', '<=', '2.8.9', false],
    ['2.9', '>~', '2.8', true],
    ['2.8.1', '>~', '2.8', true],
    ['2.7', '>~', '2.8', false],
    ['2.7', '<~', '2.8', true],
  ] as const)('%s %s %s is %s', (actual, operator, wanted, expected) => {
    expect(versionMatches(actual, operator, wanted)).toBe(expected);
  });
});
