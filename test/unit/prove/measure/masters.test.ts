import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conflictsIn, masterPeriodsIn } from '../../../../scripts/prove/measure/masters.ts';
import { advert, adverts, inOrder } from '../../../support/lan/adverts.ts';

describe('masterPeriodsOf', () => {
  test('a fail-over is one master after another', () => {
    const seen = inOrder(adverts('lb-1', 0, 5000), adverts('lb-2', 8600, 12_600));
    expect(masterPeriodsIn(seen, 1000)).toEqual([
      { port: 'lb-1', virtualRouterId: 51, from: 0, until: 5000 },
      { port: 'lb-2', virtualRouterId: 51, from: 8600, until: 12_600 },
    ]);
  });

  test('silence ends a master period, a few lost adverts do not', () => {
    expect(
      masterPeriodsIn([advert(0, 'a'), advert(2500, 'a'), advert(6000, 'a')], 1000).map((it) => [
        it.from,
        it.until,
      ]),
    ).toEqual([
      [0, 2500],
      [6000, 6000],
    ]);
  });

  test('priority 0 ends it at once', () => {
    const seen = [advert(0, 'a'), advert(1000, 'a', 0), advert(1500, 'a')];
    expect(masterPeriodsIn(seen, 1000).map((it) => [it.from, it.until])).toEqual([
      [0, 1000],
      [1500, 1500],
    ]);
  });

  test('every advert lies in exactly one master period of its machine', () => {
    const times = fc.array(fc.tuple(fc.nat(60_000), fc.constantFrom('a', 'b')));
    fc.assert(
      fc.property(times, (marks) => {
        const seen = inOrder(marks.map(([at, port]) => advert(at, port)));
        const masterPeriods = masterPeriodsIn(seen, 1000);
        for (const { at, port } of seen) {
          const holding = masterPeriods.filter(
            (it) => it.port === port && it.from <= at && at <= it.until,
          );
          expect(holding).toHaveLength(1);
        }
      }),
    );
  });
});

describe('conflictsIn', () => {
  test('finds a split brain and its length', () => {
    const seen = inOrder(adverts('lb-1', 0, 20_000), adverts('lb-2', 5300, 12_300));
    expect(conflictsIn(masterPeriodsIn(seen, 1000), 1500)).toEqual([
      { virtualRouterId: 51, ports: ['lb-1', 'lb-2'], from: 5300, until: 12_300 },
    ]);
  });

  test('a hand-over is none', () => {
    const seen = inOrder(adverts('lb-2', 0, 5000), adverts('lb-1', 4800, 9800));
    expect(conflictsIn(masterPeriodsIn(seen, 1000), 1500)).toEqual([]);
  });
});
