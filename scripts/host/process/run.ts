import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { VipisoError } from '../../core/errors.ts';
import { ioError } from '../fs/errno.ts';
import type { Host } from '../host.ts';
import { watchLimits } from '../sandbox/limit-watch.ts';
import { overLimit, underLimits } from '../sandbox/tool-limits.ts';
import { findTool, toolsMissing } from '../tools/find-tool.ts';
import { resolveTool } from '../tools/tool-call.ts';
import type { ToolCall } from '../tools/tool-call.ts';
import { toolEnvironment } from '../tools/tool-environment.ts';
import { toolFailure } from '../tools/tool-failure.ts';
import type { ToolFailure } from '../tools/tool-failure.ts';
import { childGroup } from './child-group.ts';
import { childOutput } from './child-output.ts';
import { inheritedDescriptors } from './inherited-descriptors.ts';

export interface ToolResult {
  /** As the tool wrote it, decoded as UTF-8; empty when it went to a file. At most 100 MB. */
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly durationMs: number;
}

type Ending = ToolFailure['ending'];

/** What is used of execa's result. */
interface Result {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly isMaxBuffer: boolean;
  readonly stdout: unknown;
  readonly stderr: unknown;
  readonly stdio: readonly unknown[];
  readonly cause?: unknown;
  readonly originalMessage?: string | undefined;
}

/**
 * Runs a program to its end, in a process group of its own that is killed as a whole on Ctrl-C
 * (`host.signal`), when the deadline passes and when it goes beyond its limits. It gets its three streams and no other
 * descriptor.
 *
 * @throws VipisoError tool-missing, tool-failed, timeout, interrupted, disk-full, permission; not-found for a
 *   missing working directory or input file
 */
export async function runTool(host: Host, call: ToolCall): Promise<ToolResult> {
  const program = resolveTool(host, call);
  const started = host.now();
  return await withStdio(call, async (stdio) => {
    const { result, stopped } = await execute(host, call, program, stdio);
    await call.onStatus?.(textOf(result.stdio[STATUS]));
    const stderr = textOf(result.stderr);
    const ending = stopped ?? endingOf(result);
    if (ending.by === 'exit-code' && (call.okExitCodes ?? [0]).includes(ending.exitCode)) {
      const { exitCode } = ending;
      return { stdout: textOf(result.stdout), stderr, exitCode, durationMs: host.now() - started };
    }
    // What broke a stream that feeds the tool says more than the tool's complaint about the result.
    if (stopped === undefined && result.cause instanceof VipisoError) throw result.cause;
    throw toolFailure({ call, ending, stderr, cause: result.cause });
  });
}

/** Descriptor that a tool writes its status to. */
const STATUS = 3;

interface Stdio {
  readonly stdin: Readable | readonly [Readable, 'pipe'] | 'ignore' | 'pipe';
  readonly input?: string | Uint8Array;
  readonly stdout: Writable | 'pipe';
  /** Behind the first three. */
  readonly others: readonly ('ignore' | 'pipe')[];
}

/** Opens the files of the call's stdin and stdout for as long as `work` lasts. */
async function withStdio<T>(call: ToolCall, work: (stdio: Stdio) => Promise<T>): Promise<T> {
  const handles: FileHandle[] = [];
  const opened = async (file: string, flags: 'r' | 'w'): Promise<FileHandle> => {
    const handle = await open(file, flags).catch((error: unknown) => {
      throw ioError(error, flags === 'r' ? 'read' : 'write', file);
    });
    handles.push(handle);
    return handle;
  };
  try {
    const { input, stdin, stdout } = call;
    const source =
      stdin &&
      ('file' in stdin ? fileInput(await opened(stdin.file, 'r')) : ([stdin, 'pipe'] as const));
    return await work({
      ...(input === undefined ? { stdin: source ?? 'ignore' } : { stdin: 'pipe', input }),
      stdout: stdout === undefined ? 'pipe' : fileOutput(await opened(stdout.file, 'w')),
      others: otherStreams(call),
    });
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

/** An empty pipe instead of every inherited descriptor; the others that we have open close by themselves. */
function otherStreams({ onStatus }: ToolCall): Stdio['others'] {
  const inherited = inheritedDescriptors();
  const streams: ('ignore' | 'pipe')[] = onStatus === undefined ? [] : ['pipe'];
  for (let at = STATUS + streams.length; at <= (inherited.at(-1) ?? 0); at++) {
    streams.push(inherited.includes(at) ? 'pipe' : 'ignore');
  }
  return streams;
}

/** Streams over open files reach the child as the bare descriptors: no byte passes through this process. */
function fileInput({ fd }: FileHandle): Readable {
  return createReadStream('', { fd, autoClose: false });
}

function fileOutput({ fd }: FileHandle): Writable {
  return createWriteStream('', { fd, autoClose: false });
}

async function execute(
  host: Host,
  call: ToolCall,
  program: string,
  stdio: Stdio,
): Promise<{ readonly result: Result; readonly stopped: Ending | undefined }> {
  const output = await childOutput(call);
  const { stdin, stdout, others, ...input } = stdio;
  const child = execa(...commandLine(host, call, program), {
    ...input,
    stdio: [stdin, stdout, 'pipe', ...others],
    cwd: call.cwd ?? host.cwd,
    env: toolEnvironment(host, call.env),
    extendEnv: false,
    detached: true,
    reject: false,
    stripFinalNewline: false,
  });
  const { pid } = child;
  if (pid === undefined) return { result: await child, stopped: undefined };
  const group = childGroup(pid);
  let stopped: Ending | undefined;
  const stop = (ending: Ending): void => {
    stopped ??= ending;
    group.stop();
  };
  const interrupt = (): void => stop({ by: 'interrupt' });
  const { timeoutMs } = call;
  const deadline =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => stop({ by: 'timeout', afterMs: timeoutMs }), timeoutMs);
  const { limits } = call;
  const endWatch =
    limits &&
    watchLimits(pid, limits, (excess) => {
      stopped ??= { by: 'limit', excess: overLimit(excess, limits) };
      // What multiplies is given no time to think.
      group.stop(0);
    });
  host.signal.addEventListener('abort', interrupt);
  output.follow(child.stdout, 'stdout');
  output.follow(child.stderr, 'stderr');
  try {
    return { result: await child, stopped };
  } finally {
    clearTimeout(deadline);
    endWatch?.();
    host.signal.removeEventListener('abort', interrupt);
    group.ended();
    await output.end();
  }
}

function commandLine(
  host: Host,
  { args, limits }: ToolCall,
  program: string,
): [string, readonly string[]] {
  if (limits === undefined) return [program, args];
  const shell = findTool(host, 'sh');
  if (shell === undefined) throw toolsMissing(['sh']);
  return [shell, underLimits(limits, program, args)];
}

function endingOf(result: Result): Ending {
  if (result.isMaxBuffer)
    return { by: 'start', reason: 'it wrote more output than fits in memory' };
  if (result.signal !== undefined) return { by: 'signal', signal: result.signal };
  if (result.exitCode !== undefined) return { by: 'exit-code', exitCode: result.exitCode };
  return { by: 'start', reason: result.originalMessage ?? 'unknown reason' };
}

function textOf(output: unknown): string {
  return typeof output === 'string' ? output : '';
}
