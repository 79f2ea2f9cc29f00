import { CommanderError } from 'commander';
import type { CliContext, Session } from './cli/context.ts';
import { errorAsJson, formatError } from './cli/format-error.ts';
import { createProgram } from './cli/program.ts';
import { chooseReporter, loadBars, type Reporter } from './cli/reporter/reporter.ts';
import { EXIT_CODES, exitCodeOf, VipisoError } from './core/errors.ts';
import { ioError, isErrno } from './host/fs/errno.ts';
import { nodeHost } from './host/node-host.ts';
import { readVersion } from './host/package-root.ts';

const USAGE_EXIT_CODE = 2;

const SILENT: Reporter = { report: () => undefined, close: () => undefined };

const bars = await loadBars(process.stderr, process.env);
const interruption = new AbortController();
let reporter: Reporter | undefined;
let asJson = process.argv.includes('--json');

/** The first signal lets the work clean up behind itself; a second one ends the process at once. */
function interruptOn(signal: NodeJS.Signals): void {
  process.once(signal, () => {
    interruption.abort(new VipisoError('interrupted', `interrupted by ${signal}`));
  });
}

const context: CliContext = {
  open({ json, quiet }) {
    asJson = json ?? false;
    const streams = { stdout: process.stdout, stderr: process.stderr, now: Date.now };
    const opened = quiet === true ? SILENT : chooseReporter(streams, { json: asJson, bars });
    reporter = opened;
    return sessionOf(opened);
  },
};

function sessionOf(opened: Reporter): Session {
  const { signal } = interruption;
  const host = nodeHost({ report: opened.report, signal, colour: takesColour() });
  return {
    host,
    json: asJson,
    terminal: { input: process.stdin, output: process.stdout },
    print(text) {
      if (asJson) return;
      opened.close();
      process.stdout.write(`${text}\n`);
    },
    result: (name, data) => {
      if (asJson) opened.report({ type: 'result', name, data });
    },
    endWith: (code) => {
      process.exitCode = EXIT_CODES[code];
    },
  };
}

/** https://no-color.org; a pipe or a file gets plain text. */
function takesColour(): boolean {
  return process.stderr.isTTY && process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
}

function fail(error: unknown): void {
  reporter?.close();
  // An interruption surfaces as whatever the aborted call throws; the signal is the true reason.
  const cause: unknown = interruption.signal.aborted ? interruption.signal.reason : known(error);
  if (asJson) process.stdout.write(`${JSON.stringify(errorAsJson(cause))}\n`);
  else process.stderr.write(`${formatError(cause)}\n`);
  process.exitCode = exitCodeOf(cause);
}

/** Wherever it strikes, in loading a part of the tool for instance, it is the system's limit and no bug. */
function known(error: unknown): unknown {
  if (!isErrno(error, 'EMFILE', 'ENFILE')) return error;
  const { path: file = 'a file' } = error as NodeJS.ErrnoException;
  return ioError(error, 'open', file);
}

interruptOn('SIGINT');
interruptOn('SIGTERM');
interruptOn('SIGHUP');
let toldOfOutput = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that closed the pipe early (`| head`) is not a failure of ours.
  if (error.code === 'EPIPE' || toldOfOutput) return;
  toldOfOutput = true;
  const failure = new VipisoError('io', 'cannot write to standard output', { cause: error });
  process.stderr.write(`${formatError(failure)}\n`);
  process.exitCode = exitCodeOf(failure);
});
// Where messages cannot be written, there is no way to say so.
process.stderr.on('error', () => undefined);

try {
  const program = await createProgram(context, readVersion(import.meta.dirname), process.argv[2]);
  await program.parseAsync(process.argv);
  reporter?.close();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
  else fail(error);
}
