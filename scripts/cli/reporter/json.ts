import type { Reporter, ReporterStreams } from './reporter.ts';

/** One JSON object per line on standard output, with the milliseconds since the start of the run. */
export function jsonReporter({ stdout, now }: ReporterStreams): Reporter {
  const start = now();
  return {
    report: (event) => stdout.write(`${JSON.stringify({ ms: now() - start, ...event })}\n`),
    close: () => undefined,
  };
}
