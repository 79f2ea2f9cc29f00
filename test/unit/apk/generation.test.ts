import { expect, it } from 'vitest';
import { apkOfBranch, apkOfVersion } from '../../../scripts/apk/generation.ts';

it.each([
  ['v3.9', '2'],
  ['v3.19', '2'],
  ['v3.22', '2'],
  ['v3.23', '3'],
  ['v3.24', '3'],
  ['v4.0', '3'],
  ['edge', '3'],
])('%s has apk-tools %s', (branch, apk) => {
  expect(apkOfBranch(branch)).toBe(apk);
});

it.each([
  ['2.14.10-r0', '2'],
  ['3.0.0_rc5-r1', '3'],
  ['3.0.6-r0', '3'],
  ['10.1-r0', '3'],
])('apk-tools %s is of generation %s', (version, apk) => {
  expect(apkOfVersion(version)).toBe(apk);
});
