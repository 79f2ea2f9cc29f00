import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../host.ts';
import type { ToolLimits } from '../sandbox/tool-limits.ts';
import { findTool, toolsMissing } from './find-tool.ts';

export type ToolStream = 'stdout' | 'stderr';

/** How a program is started. There is never a shell between: `args` arrive as they are. */
export interface ToolStart {
  /** A name that is looked for in PATH, or a path. */
  readonly tool: string;
  readonly args: readonly string[];
  /** How messages name the call; absent = by the tool. */
  readonly title?: string | undefined;
  /** Absolute; absent = the host's working directory. */
  readonly cwd?: string | undefined;
  /** Added to the fixed environment (`toolEnvironment`). */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Absolute path of a file that the call and all its output lines are appended to. */
  readonly log?: string | undefined;
  readonly onLine?: ((line: string, stream: ToolStream) => void) | undefined;
  /** Secrets among the arguments or outputs: never shown in errors, never in the log. */
  readonly mask?: readonly string[] | undefined;
}

/** One call of a program that is awaited. */
export interface ToolCall extends ToolStart {
  /** Whole standard input. Without `input` and `stdin` there is none. */
  readonly input?: string | Uint8Array | undefined;
  /** Standard input from a stream, or from a file. */
  readonly stdin?: Readable | { readonly file: string } | undefined;
  /** Standard output into a file (made or overwritten), with nothing of it in memory. */
  readonly stdout?: { readonly file: string } | undefined;
  readonly timeoutMs?: number | undefined;
  readonly limits?: ToolLimits | undefined;
  /** Is given all that the tool wrote to descriptor 3, when it has ended and before the call returns or fails. */
  readonly onStatus?: ((status: string) => Promise<void>) | undefined;
  /** Exit codes that are a success; absent = only 0. */
  readonly okExitCodes?: readonly number[] | undefined;
}

/**
 * Checks what the system would otherwise report as the same bare ENOENT.
 * @returns the absolute path of the program
 * @throws VipisoError interrupted, not-found (no such folder), tool-missing
 */
export function resolveTool(host: Host, { tool, cwd }: ToolStart): string {
  if (host.signal.aborted)
    throw new VipisoError('interrupted', `interrupted before ${tool} was run`);
  const program = findTool(host, tool);
  if (program === undefined) throw toolsMissing([tool]);
  const folder = cwd ?? host.cwd;
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)) {
    throw new VipisoError('not-found', `cannot run ${tool} in ${folder}: there is no such folder`);
  }
  return program;
}
