import { describe, expect, test } from 'vitest';
import type { StreamRecord } from '../../../../scripts/boot/lan/protocol.ts';
import type { FaultStep } from '../../../../scripts/prove/scenarios/model.ts';
import { judgeStreams } from '../../../../scripts/prove/trial/streams.ts';
import type { Touched } from '../../../../scripts/prove/trial/streams.ts';

const NOW = 100_000;
const STEP: FaultStep = {
  id: 'test',
  title: 'a fault',
  action: 'Something breaks.',
  expectation: 'Nothing happens.',
  actions: [],
  endsWith: 'holder',
};

function record(changes: Partial<StreamRecord>): StreamRecord {
  return {
    kind: 'watch',
    openedAt: 50_000,
    server: 'k8s-1',
    via: '192.168.9.137',
    events: 40,
    lastEventAt: NOW - 500,
    longestSilenceMs: 1000,
    ...changes,
  };
}

function codes(
  stream: StreamRecord,
  touched: Touched = new Map(),
  faultStep = STEP,
): readonly string[] {
  return judgeStreams(faultStep, [{ name: 'watch-1', record: stream }], touched, NOW).map(
    ({ code }) => code,
  );
}

const ENDED = record({ ended: { at: 90_000, how: 'reset', reason: 'ECONNRESET' } });
const SILENT = record({ lastEventAt: 80_000 });

describe('a long stream', () => {
  test('goes on while its API server lives', () => {
    expect(codes(record({}))).toEqual([]);
    expect(codes(ENDED)).toEqual(['stream-broken']);
    expect(codes(SILENT)).toEqual(['stream-hung']);
  });

  test('ends when its API server is gone, unless nobody could know', () => {
    const gone: Touched = new Map([['k8s-1', 'must-end']]);
    expect(codes(ENDED, gone)).toEqual([]);
    expect(codes(SILENT, gone)).toEqual(['stream-hung']);
    expect(codes(SILENT, new Map([['k8s-1', 'may-hang']]))).toEqual([]);
    expect(codes(ENDED, new Map([['k8s-2', 'must-end']]))).toEqual(['stream-broken']);
  });

  test('does not move along with the VIP', () => {
    expect(codes(ENDED, new Map(), { ...STEP, endsWith: 'standby' })).toEqual([]);
  });

  test('says nothing where it was never opened', () => {
    const failed = { at: 55_000, how: 'failed', reason: 'ECONNREFUSED' } as const;
    expect(codes(record({ server: '', ended: failed }))).toEqual([]);
  });
});
