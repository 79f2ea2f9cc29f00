import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutTag, withTag } from '../../../../scripts/boot/lan/vlan.ts';

const FRAME = Buffer.from('ffffffffffff5254007669010806aabb', 'hex');

test('the tag stands behind the addresses (IEEE 802.1Q, clause 9)', () => {
  expect(withTag(FRAME, 20).toString('hex')).toBe('ffffffffffff525400766901810000140806aabb');
});

test('a frame comes out of its own VLAN as it went in, and out of no other', () => {
  const id = fc.integer({ min: 1, max: 4094 });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 14, maxLength: 1514 }), id, id, (bytes, vlan, other) => {
      const tagged = withTag(Buffer.from(bytes), vlan);
      expect(withoutTag(tagged, vlan)?.equals(bytes)).toBe(true);
      expect(withoutTag(tagged, other) === undefined).toBe(vlan !== other);
    }),
  );
});

test('an untagged frame and a runt belong to no VLAN', () => {
  expect(withoutTag(FRAME, 20)).toBeUndefined();
  expect(withoutTag(FRAME.subarray(0, 14), 20)).toBeUndefined();
});
