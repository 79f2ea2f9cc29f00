import { expect, test } from 'vitest';
import { fatGeometry } from '../../../../scripts/image/native/base/bootloaders.ts';

test.each([
  [800 * 1024, ['-f', '1440']],
  [1430 * 1024, ['-f', '2880']],
  [2880 * 1024, ['-t', '4', '-h', '64', '-s', '32']],
])('an EFI image for %i bytes of content has room for them', (bytes, geometry) => {
  expect(fatGeometry(bytes)).toEqual(geometry);
});
