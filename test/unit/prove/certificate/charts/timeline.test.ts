import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitted } from '../../../../../scripts/prove/certificate/charts/marks.ts';
import type { Drawing } from '../../../../../scripts/prove/certificate/charts/marks.ts';
import {
  TimeScale,
  wholeWindow,
} from '../../../../../scripts/prove/certificate/charts/time-scale.ts';
import {
  closeUp,
  timelineChart,
} from '../../../../../scripts/prove/certificate/charts/timeline.ts';
import { trial } from '../../../../support/proof/proof-document.ts';
import { fault, powerCut, splitBrain } from '../../../../support/proof/proof-faults.ts';

const { nodes } = trial().topology;
const about = { id: 'x', title: 'X', window: { from: 0, until: 40_000 } };
const texts = ({ marks, labels }: Drawing, look: string): string[] =>
  [...marks, ...labels].flatMap((it) => (it.kind === 'text' && it.look === look ? [it.text] : []));

describe('a fault as a chart', () => {
  test('writes how long each outage was', () => {
    const chart = timelineChart(splitBrain(), nodes, {
      ...about,
      window: { from: 0, until: 45_000 },
    });
    expect(texts(chart, 'outage-label')).toEqual(['3.10 s', '2.00 s', '1.32 s, to the end']);
  });

  test('joins steps that would cover each other', () => {
    expect(texts(timelineChart(powerCut(2.81), nodes, about), 'badge-number')).toEqual([
      '1',
      '2',
      '3–4',
    ]);
  });

  test('tells in words who was master, for those who cannot see it', () => {
    const { description } = timelineChart(powerCut(2.81), nodes, about);
    expect(description).toBe(
      'lb-1 was master from 0 s until 5.00 s; lb-2 was master from 7.77 s until 33.0 s; lb-1 was master from 33.0 s to the end; no answers from 5.00 s until 7.81 s.',
    );
  });

  test('has a close-up of a short outage, and none of a long or missing one', () => {
    expect(closeUp(powerCut(1))).toEqual({ from: 4_400, until: 6_600 });
    expect(closeUp(powerCut(20))).toBeUndefined();
    expect(closeUp(splitBrain())).toBeUndefined();
    const calm = { id: 'c', title: 'C', action: 'a', expectation: 'e', durationMs: 9_000 };
    expect(closeUp(fault(calm))).toBeUndefined();
  });
});

describe('a scale of time', () => {
  const span = fc.record({ from: fc.nat(1e6), length: fc.integer({ min: 1, max: 1e7 }) });

  test('has one to seven figures for any window, all inside it', () => {
    fc.assert(
      fc.property(span, ({ from, length }) => {
        const window = { from, until: from + length };
        const { ticks } = new TimeScale(window);
        expect(ticks.length).toBeLessThanOrEqual(7);
        expect(ticks.every((at) => at >= window.from && at <= window.until)).toBe(true);
      }),
    );
  });

  test('that is whole ends at a figure', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 1e6 }), (longest) => {
        const window = wholeWindow(longest);
        expect(window.until).toBeGreaterThanOrEqual(longest);
        expect(new TimeScale(window).ticks.at(-1)).toBe(window.until);
      }),
    );
  });

  test('keeps all it is asked for inside the drawing', () => {
    fc.assert(
      fc.property(span, fc.integer(), ({ from, length }, at) => {
        const share = new TimeScale({ from, until: from + length }).share(at);
        expect(share >= 0 && share <= 100).toBe(true);
      }),
    );
  });
});

test('long names keep both ends', () => {
  expect(fitted('load-balancer-3.berlin.example.net', 15)).toBe('load-ba…ple.net');
  expect(fitted('lb-1', 15)).toBe('lb-1');
});
