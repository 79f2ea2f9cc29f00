import { describe, expect, it } from 'vitest';
import { chooseReporter } from '../../../scripts/cli/reporter/reporter.ts';
import type { ProgressEvent } from '../../../scripts/core/events.ts';

/** A stream that keeps what is written, and a clock that the test moves. */
function stage(isTTY = false) {
  const written = { stdout: '', stderr: '' };
  const clock = { now: 1000 };
  const stream = (name: 'stdout' | 'stderr') =>
    ({ isTTY, write: (text: string) => ((written[name] += text), true) }) as unknown;
  const streams = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    now: () => clock.now,
  } as Parameters<typeof chooseReporter>[0];
  return { written, clock, streams };
}

const EVENTS: readonly ProgressEvent[] = [
  { type: 'step-start', id: 'fetch', title: 'Fetching packages', total: 4_000_000, unit: 'bytes' },
  { type: 'step-progress', id: 'fetch', done: 1_000_000 },
  { type: 'note', level: 'warning', text: 'the mirror is slow' },
  { type: 'step-end', id: 'fetch', outcome: 'done', summary: '3 packages' },
];

describe('plain lines', () => {
  it('say the start, warnings and the end, with the time taken', () => {
    const { written, clock, streams } = stage();
    const { report } = chooseReporter(streams, { json: false, bars: undefined });
    for (const event of EVENTS) {
      report(event);
      clock.now += 600;
    }
    expect(written.stderr.trimEnd().split('\n')).toEqual([
      '..  Fetching packages',
      'warning: the mirror is slow',
      'ok  Fetching packages: 3 packages (1.8 s)',
    ]);
    expect(written.stdout).toBe('');
  });

  it('say how far long work is, but not at every event', () => {
    const { written, clock, streams } = stage();
    const { report } = chooseReporter(streams, { json: false, bars: undefined });
    for (const event of EVENTS.slice(0, 1)) report(event);
    for (let done = 0; done < 100; done += 1) {
      clock.now += 250;
      report({ type: 'step-progress', id: 'fetch', done: done * 10_000 });
    }
    const lines = written.stderr.trimEnd().split('\n');
    expect(lines).toEqual([
      '..  Fetching packages',
      '   Fetching packages: 390.0 kB of 4.0 MB',
      '   Fetching packages: 790.0 kB of 4.0 MB',
    ]);
  });
});

describe('--json', () => {
  it('writes its version, then one object per event, to standard output, whatever the terminal', () => {
    const { written, streams } = stage(true);
    const { report } = chooseReporter(streams, { json: true, bars: undefined });
    for (const event of EVENTS) report(event);
    const lines = written.stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { ms: 0, type: 'start', schema: 2 },
      ...EVENTS.map((event) => ({ ms: 0, ...event })),
    ]);
    expect(written.stderr).toBe('');
  });
});
