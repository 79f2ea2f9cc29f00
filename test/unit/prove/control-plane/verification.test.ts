import { expect, test } from 'vitest';
import { FigureSum } from '../../../../scripts/prove/control-plane/figure-sum.ts';
import { verificationOf } from '../../../../scripts/prove/control-plane/verification.ts';

const GOOD = {
  acknowledged: 400,
  servers: [{ name: 'k8s-1', found: 401, lost: [] as string[] }],
  watches: [{ name: 'watch', events: 401, missed: 0, twice: 0, outOfOrder: 0 }],
  garbled: 0,
};

test('a run that lost nothing has no finding', () => {
  expect(verificationOf(GOOD).findings).toEqual([]);
  expect(verificationOf(GOOD).verification).toEqual({
    acknowledgedWrites: 400,
    servers: [{ name: 'k8s-1', lostWrites: 0 }],
    watches: [{ name: 'watch', events: 401, missed: 0, twice: 0 }],
  });
});

test.each([
  [{ acknowledged: 0 }, 'control-plane-stuck', 'no write was acknowledged'],
  [
    { servers: [{ name: 'k8s-2', found: 398, lost: ['write-7', 'write-9'] }] },
    'control-plane-lost-writes',
    'k8s-2 does not have 2 of 400 acknowledged writes: write-7, write-9',
  ],
  [
    { watches: [{ name: 'watch', events: 5, missed: 1, twice: 2, outOfOrder: 0 }] },
    'control-plane-watch',
    'watch: 1 events missed, 2 twice, 0 out of order',
  ],
  [
    { garbled: 3 },
    'control-plane-stream',
    '3 lines of the exec came back other than they were sent',
  ],
])('%j is found', (bad, code, text) => {
  expect(verificationOf({ ...GOOD, ...bad }).findings).toEqual([{ code, text }]);
});

test('reports add up to a step, gaps are the longest', () => {
  const requests = (failed: number, longestGapMs: number) => ({
    ...{ sent: 10, answered: 10 - failed, failed, slowestMs: 5, longestGapMs },
    reasons: failed > 0 ? { ECONNRESET: failed } : {},
  });
  const figures = (failed: number, gap: number) => ({
    ...{ requests: requests(failed, gap), writes: requests(0, 0), steadyForMs: 0, silentForMs: 0 },
    streams: [{ name: 'watch', received: 3, cuts: failed, refused: 0 }],
    leader: { renewals: 1, changes: 0, longestGapMs: gap },
  });
  const sum = new FigureSum();
  sum.add(figures(1, 900));
  sum.add(figures(2, 100));
  expect(sum.requests).toEqual({
    ...{ sent: 20, failed: 3, slowestMs: 5, longestGapMs: 900 },
    reasons: { ECONNRESET: 3 },
  });
  expect(sum.writes).not.toHaveProperty('reasons');
  expect(sum.streams).toEqual([{ name: 'watch', received: 6, cuts: 3 }]);
  expect(sum.leader).toEqual({ renewals: 2, changes: 0, longestGapMs: 900 });
});
