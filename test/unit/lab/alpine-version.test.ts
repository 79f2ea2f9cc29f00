import { describe, expect, test } from 'vitest';
import { compareVersions, isValidVersion } from '../../../scripts/apk/version.ts';
import { alpineVersion } from '../../lab/alpine-version.ts';

describe('alpineVersion', () => {
  test.each([
    ['2.6.12-1+deb12u4', '2.6.12-r10400'],
    ['1:9.2p1-2+deb12u10', '9.2_p1-r21000'],
    ['1:2.2.7-1+b2', '2.2.7-r10002'],
    ['0.11.4~rc1-1+b2', '0.11.4_rc1-r10002'],
    ['3:6.04~git20190206.bf6db5b4+dfsg1-3', '6.04_git20190206-r30000'],
    ['1:7.2+dfsg-7+deb12u18+b3', '7.2-r71803'],
    ['2026f-0+deb12u1', '2026f-r100'],
    ['20250419~deb12u2', '20250419-r0'],
    ['1:1.35.0-4+deb12u1+b1', '1.35.0-r40101'],
    ['3.4.7-1', '3.4.7-r10000'],
    ['3.5~dev3-1', '3.5_alpha3-r10000'],
    ['7.3~rc7-1~exp1', '7.3_rc7-r10000'],
    ['1:10.6p1-1', '10.6_p1-r10000'],
    ['1:11.1.3+ds-1', '11.1.3-r10000'],
    ['20260816+nmu1', '20260816-r0'],
  ])('%s becomes %s', (debian, alpine) => {
    expect(alpineVersion(debian)).toBe(alpine);
    expect(isValidVersion(alpine)).toBe(true);
  });

  test.each([
    ['2.6.12-1+deb12u3', '2.6.12-1+deb12u4'],
    ['2.6.12-1', '2.6.12-1+deb12u1'],
    ['2.6.12-1+deb12u9', '2.6.12-2'],
    ['2.6.12-1', '2.6.12-1+b1'],
  ])('a security update or rebuild stays newer: %s < %s', (older, newer) => {
    expect(compareVersions(alpineVersion(older), alpineVersion(newer))).toBe(-1);
  });

  test('refuses what starts with no number', () => {
    expect(() => alpineVersion('unstable-1')).toThrow(/no form in Alpine/);
  });
});
