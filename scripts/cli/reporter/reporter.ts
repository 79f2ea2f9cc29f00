import type { Report } from '../../core/events.ts';
import { jsonReporter } from './json.ts';
import { plainReporter } from './plain.ts';

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
  options: { readonly json: boolean; readonly bars: BarsReporter | undefined },
): Reporter {
  if (options.json) return jsonReporter(streams);
  return (options.bars ?? plainReporter)(streams);
}

type BarsReporter = (streams: ReporterStreams) => Reporter;

/** Loaded where there is a terminal alone: a command without one starts sooner. */
export async function loadBars(
  stderr: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv,
): Promise<BarsReporter | undefined> {
  if (!stderr.isTTY || env['CI'] !== undefined) return undefined;
  return (await import('./tty.ts')).ttyReporter;
}
