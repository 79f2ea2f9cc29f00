import { VipisoError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { shellQuote } from '../process/shell-quote.ts';
import type { ToolStart } from './tool-call.ts';

/** How a tool that did not succeed ended, and what is needed to say so. */
export interface ToolFailure {
  readonly call: ToolStart;
  readonly ending:
    | { readonly by: 'exit-code'; readonly exitCode: number }
    | { readonly by: 'signal'; readonly signal: string }
    | { readonly by: 'timeout'; readonly afterMs: number }
    | { readonly by: 'limit'; readonly excess: string }
    | { readonly by: 'interrupt' }
    | { readonly by: 'start'; readonly reason: string };
  readonly stderr: string;
  readonly cause?: unknown;
}

const TAIL_LINES = 20;

/** The error for a failed tool: ending, stderr's tail, the log, and a line that replays the call. */
export function toolFailure(failure: ToolFailure): VipisoError {
  const { call } = failure;
  const tail = tailOf(failure.stderr);
  const lines = [
    ...tail.map((line) => `  ${line}`),
    ...(call.log === undefined ? [] : [`log: ${call.log}`]),
    `to replay: ${replayLine(call)}`,
  ];
  const code = codeOf(failure, tail);
  return new VipisoError(code, `${call.title ?? call.tool} ${endingText(failure)}`, {
    hint: hintOf(failure, code),
    details: lines.map((line) => maskSecrets(line, call.mask ?? [])),
    cause: failure.cause,
  });
}

/** A line for a POSIX shell that repeats the call, with the environment that the caller added. */
export function replayLine(call: Pick<ToolStart, 'tool' | 'args' | 'cwd' | 'env'>): string {
  const words = ['LC_ALL=C', 'TZ=UTC'].concat(
    Object.entries(call.env ?? {}).map(([name, value]) => `${name}=${shellQuote(value)}`),
    [call.tool, ...call.args].map(shellQuote),
  );
  return (call.cwd === undefined ? [] : [`cd ${shellQuote(call.cwd)} &&`]).concat(words).join(' ');
}

export function maskSecrets(text: string, mask: readonly string[]): string {
  return mask
    .filter((secret) => secret !== '')
    .reduce((all, it) => all.replaceAll(it, '***'), text);
}

function tailOf(stderr: string): readonly string[] {
  return stderr
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(-TAIL_LINES);
}

function endingText({ ending }: ToolFailure): string {
  switch (ending.by) {
    case 'exit-code':
      return `failed with exit code ${ending.exitCode}`;
    case 'signal':
      return `was killed by ${ending.signal}`;
    case 'timeout':
      return `did not finish within ${ending.afterMs / 1000} s and was stopped`;
    case 'limit':
      return `was stopped: ${ending.excess}`;
    case 'interrupt':
      return 'was interrupted';
    case 'start':
      return `could not be run: ${ending.reason}`;
  }
}

function codeOf({ ending }: ToolFailure, tail: readonly string[]): ErrorCode {
  if (ending.by === 'timeout') return 'timeout';
  if (ending.by === 'interrupt') return 'interrupted';
  if (anyLineMatches(tail, /no space left on device|disk quota exceeded|ENOSPC/i))
    return 'disk-full';
  if (anyLineMatches(tail, /permission denied|read-only file system/i)) return 'permission';
  return 'tool-failed';
}

const HINTS: Partial<Record<ErrorCode, string>> = {
  'disk-full': 'Free some space where the lines above say, or choose another place.',
  permission: 'Give your account access to the path that the lines above name.',
};

function hintOf({ ending }: ToolFailure, code: ErrorCode): string | undefined {
  if (ending.by === 'signal' && ending.signal === 'SIGKILL') {
    return 'Nothing here killed it: the machine may have run out of memory.';
  }
  return HINTS[code];
}

function anyLineMatches(lines: readonly string[], pattern: RegExp): boolean {
  return lines.some((line) => pattern.test(line));
}
