import type { Report } from '../../core/events.ts';
import { jsonReporter } from './json.ts';
import { plainReporter } from './plain.ts';
import { ttyReporter } from './tty.ts';

export interface Reporter {
  readonly report: Report;
  /** Leaves the terminal as it was: bars are stopped, the cursor is shown. Safe to call twice. */
  readonly close: () => void;
}

export interface ReporterStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly now: () => number;
}

/**
 * JSON events on standard output with `--json`; bars on a terminal; one plain line per fact anywhere else
 * (CI, pipes). Progress goes to standard error so that results can be piped.
 */
export function chooseReporter(
  streams: ReporterStreams,
  options: { json: boolean; ci: boolean },
): Reporter {
  if (options.json) return jsonReporter(streams);
  return streams.stderr.isTTY && !options.ci ? ttyReporter(streams) : plainReporter(streams);
}
