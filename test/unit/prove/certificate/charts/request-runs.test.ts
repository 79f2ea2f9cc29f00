import { describe, expect, test } from 'vitest';
import {
  latencyLine,
  runsOf,
  withoutFlicker,
} from '../../../../../scripts/prove/certificate/charts/request-runs.ts';
import { TimeScale } from '../../../../../scripts/prove/certificate/charts/time-scale.ts';

const series = (answered: number[], failed: number[] = [], slowestMs: number[] = []) => ({
  target: '192.168.9.139:6443',
  bucketMs: 100,
  answered,
  failed,
  slowestMs,
});
const shape = (answered: number[], failed?: number[]): unknown =>
  runsOf(series(answered, failed)).map(({ state, from, until }) => [state, from, until]);

describe('runs', () => {
  test('buckets that are alike become one', () => {
    expect(runsOf(series([5, 5, 5]))).toEqual([
      { state: 'answered', from: 0, until: 300, answered: 15, failed: 0 },
    ]);
  });

  test('an outage stands between them', () => {
    expect(shape([5, 2, 0, 0, 5], [0, 3, 5, 5, 0])).toEqual([
      ['answered', 0, 100],
      ['mixed', 100, 200],
      ['lost', 200, 400],
      ['answered', 400, 500],
    ]);
  });

  test('a client that seldom asks leaves no gaps', () => {
    expect(shape([1, 0, 0, 1, 0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1])).toEqual([
      ['answered', 0, 900],
      ['lost', 900, 1000],
    ]);
  });

  test('a long pause is one', () => {
    expect(shape([1, 0, 0, 0, 0, 0, 0, 0, 1])).toEqual([
      ['answered', 0, 100],
      ['answered', 800, 900],
    ]);
  });

  test('losses and answers in quick turns are one mixed run', () => {
    const turns = runsOf(series([9, 9, 0, 9, 0, 9, 9, 9], [0, 0, 9, 0, 9, 0, 0, 0]));
    expect(
      withoutFlicker(turns, 150).map(({ state, from, until }) => [state, from, until]),
    ).toEqual([
      ['answered', 0, 200],
      ['mixed', 200, 500],
      ['answered', 500, 800],
    ]);
    expect(withoutFlicker(turns, 50).map(({ state }) => state)).toEqual(
      turns.map(({ state }) => state),
    );
  });

  test('nothing asked, nothing drawn', () => {
    expect(runsOf(series([0, 0], [0, 0]))).toEqual([]);
  });
});

describe('the line of slowest answers', () => {
  const whole = new TimeScale({ from: 0, until: 1000 });

  test('rises with the slowest, which it names', () => {
    const { d, slowestMs } = latencyLine(series([1, 1, 1], [], [10, 200, 10]), whole);
    expect(slowestMs).toBe(200);
    expect(d).toContain(' 4');
  });

  test('is empty where nothing was answered', () => {
    expect(latencyLine(series([0, 0], [3, 3], [0, 0]), whole)).toEqual({ d: '', slowestMs: 0 });
  });

  test('tells of its window alone', () => {
    const scale = new TimeScale({ from: 0, until: 150 });
    expect(latencyLine(series([1, 1, 1], [], [10, 20, 900]), scale).slowestMs).toBe(20);
  });
});
