import { expect, test } from 'vitest';
import type { Outcome } from '../../../../scripts/boot/lan/protocol.ts';
import { RequestTally } from '../../../../scripts/prove/upgrade/request-tally.ts';

function answered(at: number, latencyMs: number, via = '192.0.2.137'): Outcome {
  return { at, latencyMs, result: { kind: 'answered', status: 200, server: 'k8s-1', via } };
}

function failed(at: number, reason: string): Outcome {
  return { at, latencyMs: 900, result: { kind: 'failed', reason } };
}

test('figures of what a client saw, in whatever order and portions it comes', () => {
  const tally = new RequestTally();
  tally.add([answered(1020, 5), answered(1000, 10), failed(1040, 'ECONNRESET')]);
  tally.add([answered(1100, 250), failed(1060, 'ECONNRESET'), failed(1080, 'ECONNREFUSED')]);
  expect({ sent: tally.sent, failed: tally.failed }).toEqual({ sent: 6, failed: 3 });
  expect(tally.reasons).toEqual({ ECONNREFUSED: 1, ECONNRESET: 2 });
  // From the answer at 1025 to that at 1350.
  expect(tally.longestGapMs).toBe(325);
  expect(tally.slowestMs).toBe(250);
});

test('a node serves steadily when the last answers all came by it', () => {
  const tally = new RequestTally();
  tally.add([answered(0, 1, '192.0.2.138'), answered(20, 1), answered(40, 1)]);
  expect(tally.isSteady(['192.0.2.137'], 2)).toBe(true);
  expect(tally.isSteady(['192.0.2.137'], 3)).toBe(false);
  expect(tally.isSteady(['192.0.2.137'], 4)).toBe(false);
  tally.add([failed(60, 'ECONNRESET')]);
  expect(tally.isSteady(['192.0.2.137'], 2)).toBe(false);
});
