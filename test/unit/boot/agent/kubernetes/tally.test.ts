import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Tally } from '../../../../../scripts/boot/agent/kubernetes/tally.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const answer = () => Promise.resolve();
const fail = () => Promise.reject(new Error('ECONNRESET'));

test('a gap lasts from answer to answer, and belongs to the look in which it ends', async () => {
  const tally = new Tally();
  await tally.count(answer);
  vi.advanceTimersByTime(1700);
  await tally.count(fail);
  expect(tally.silentForMs()).toBe(1700);
  expect(tally.steadyForMs()).toBe(0);
  expect(tally.take()).toMatchObject({
    ...{ sent: 2, answered: 1, failed: 1, longestGapMs: 1700 },
    reasons: { ECONNRESET: 1 },
  });
  vi.advanceTimersByTime(300);
  await tally.count(answer);
  expect(tally.take()).toMatchObject({ sent: 1, failed: 0, longestGapMs: 2000, reasons: {} });
  vi.advanceTimersByTime(200);
  await tally.count(answer);
  expect(tally.steadyForMs()).toBe(200);
  expect(tally.take().longestGapMs).toBe(200);
});
