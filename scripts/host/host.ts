import type { Report } from '../core/events.ts';

/**
 * The outside world as the workflows see it: made once by the entry, passed down as an argument.
 * Nothing below the entry reads `process.env`, the working directory or the clock by itself.
 */
export interface Host {
  /** Environment variables of the user's shell. Tools do not inherit them: see `run`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path that relative arguments are resolved against. */
  readonly cwd: string;
  /** Folder that holds package.json, overlays/ and profiles/. */
  readonly packageRoot: string;
  /** Absolute path of the system that this runs on: `/`, but for tests. */
  readonly systemRoot: string;
  /** Content store, cached bases, parsed indexes. Safe to delete at any time. */
  readonly cacheFolder: string;
  /** Private keys and other things that must outlive the cache. */
  readonly dataFolder: string;
  /** Where progress and notes go. */
  readonly report: Report;
  /** Whether messages may carry colours (a terminal, and no NO_COLOR). */
  readonly colour: boolean;
  /** Aborted by Ctrl-C: every child process and download ends on it, and temporary files are removed. */
  readonly signal: AbortSignal;
  /** Milliseconds since the Unix epoch. Only for deadlines and progress: never for what is written to outputs. */
  readonly now: () => number;
}
