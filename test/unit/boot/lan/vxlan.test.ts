import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unwrapFrame, wrapFrame } from '../../../../scripts/boot/lan/vxlan.ts';

test('the header is that of RFC 7348, figure 1', () => {
  expect(wrapFrame(Buffer.from('aabb', 'hex')).toString('hex')).toBe('0800000000000100aabb');
});

test('a frame survives the tunnel', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 1514 }), (bytes) => {
      expect(unwrapFrame(wrapFrame(Buffer.from(bytes)))?.equals(bytes)).toBe(true);
    }),
  );
});

test.each([
  ['an empty packet', ''],
  ['a header alone', '0800000000000100'],
  ['no segment number', '0000000000000100aabb'],
  ['another segment', '0800000000000200aabb'],
])('%s is not a frame of ours', (_what, hex) => {
  expect(unwrapFrame(Buffer.from(hex, 'hex'))).toBeUndefined();
});
