import type { Terminal } from '../boot/console/terminal.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Host } from '../host/host.ts';

export interface OpenOptions {
  /** Events and results as JSON lines. */
  readonly json?: boolean | undefined;
  /** No progress at all: for commands whose output is one document. */
  readonly quiet?: boolean | undefined;
}

/** What a command gets from the entry. */
export interface CliContext {
  /** Opens the host with the reporter that the flags ask for. Called once per run. */
  readonly open: (options: OpenOptions) => Session;
}

/** One run of one command. */
export interface Session {
  readonly host: Host;
  readonly json: boolean;
  /** Writes a result for humans to standard output; silent with `--json`. */
  readonly print: (text: string) => void;
  /** For commands that hold a conversation. Progress must not be written meanwhile. */
  readonly terminal: Terminal;
  /** Writes a machine-readable result; silent without `--json`. */
  readonly result: (name: string, data: Readonly<Record<string, unknown>>) => void;
  /** Ends the run with the exit code of an outcome that was told already and is no failure. */
  readonly endWith: (code: ErrorCode) => void;
}
