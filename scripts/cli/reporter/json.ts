import type { Reporter, ReporterStreams } from './reporter.ts';

/** Version of the lines: names of events, and of what is in `data`. */
export const EVENTS_SCHEMA = 2;

/**
 * One JSON object per line on standard output, with the milliseconds since the start of the run. The first line has the
 * version of all.
 */
export function jsonReporter({ stdout, now }: ReporterStreams): Reporter {
  const start = now();
  const write = (line: object): boolean =>
    stdout.write(`${JSON.stringify({ ms: now() - start, ...line })}\n`);
  write({ type: 'start', schema: EVENTS_SCHEMA });
  return {
    report: write,
    close: () => undefined,
  };
}
