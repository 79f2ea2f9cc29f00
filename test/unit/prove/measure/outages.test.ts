import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../../scripts/boot/lan/protocol.ts';
import { outagesOf, secondsLostIn } from '../../../../scripts/prove/measure/outages.ts';

function outcomes(pattern: string): readonly Outcome[] {
  return Array.from(pattern, (mark, i) => ({
    at: i * 20,
    latencyMs: 5,
    result:
      mark === '.'
        ? { kind: 'answered', status: 200, server: 'k8s-1', via: '192.168.9.137' }
        : { kind: 'failed', reason: 'ECONNREFUSED' },
  }));
}

describe('outagesOf', () => {
  test('measures from the first failed question to the first answered one', () => {
    expect(outagesOf(outcomes('..xxx.'))).toEqual([{ from: 40, until: 100, failed: 3 }]);
  });

  test('keeps an outage open that did not end', () => {
    expect(outagesOf(outcomes('x.xx'))).toEqual([
      { from: 0, until: 20, failed: 1 },
      { from: 40, until: undefined, failed: 2 },
    ]);
  });

  test('counts every failed request exactly once', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('.', 'x')), (marks) => {
        const total = outagesOf(outcomes(marks.join(''))).reduce((sum, it) => sum + it.failed, 0);
        expect(total).toBe(marks.filter((mark) => mark === 'x').length);
      }),
    );
  });
});

test('secondsLostIn adds outages up, and has no end for one that did not end', () => {
  expect(secondsLostIn(outcomes('.xx..x.'))).toBe(0.06);
  expect(secondsLostIn(outcomes('..x'))).toBe(Infinity);
});
