import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameBytesOf } from '../../../../../scripts/apk/index/scan/name-bytes.ts';
import {
  compareTableOrder,
  NameTable,
} from '../../../../../scripts/apk/solver/graph/name-table.ts';

describe('NameTable', () => {
  it('numbers names as they come up, and finds them by their letters', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-c]{0,3}$/)), (names) => {
        const table = new NameTable();
        const numbers = names.map((name) => table.number(nameBytesOf(name)));
        const order = [...new Set(names)];
        expect(numbers).toEqual(names.map((name) => order.indexOf(name)));
        expect(table.size).toBe(order.length);
        expect(table.find(nameBytesOf('nobody'))).toBe(-1);
      }),
    );
  });

  it('takes more names than it has room for at first', () => {
    const table = new NameTable();
    const names = Array.from({ length: 10_000 }, (_, number) => `so:lib${number}.so`);
    for (const name of names) table.number(nameBytesOf(name));
    expect(names.map((name) => table.find(nameBytesOf(name)))).toEqual([...names.keys()]);
    expect(table.name(9_999)).toEqual(nameBytesOf('so:lib9999.so'));
  });
});

describe('the order of apk’s name table', () => {
  it('goes by bucket, and puts the last in spelling first in one bucket', () => {
    const [a, b] = [nameBytesOf('a'), nameBytesOf('b')];
    const [low, high] = [
      { ...a, hash: 20_001 },
      { ...b, hash: 2 },
    ];
    expect(compareTableOrder(low, high)).toBeLessThan(0);
    expect(compareTableOrder({ ...a, hash: 7 }, { ...b, hash: 20_007 })).toBeGreaterThan(0);
  });
});
