import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { VipisoError } from '../core/errors.ts';
import { childGroup } from './child-group.ts';
import { childOutput } from './child-output.ts';
import { ioError } from './errno.ts';
import type { Host } from './host.ts';
import { resolveTool } from './tool-call.ts';
import type { ToolCall } from './tool-call.ts';
import { toolEnvironment } from './tool-environment.ts';
import { toolFailure } from './tool-failure.ts';
import type { ToolFailure } from './tool-failure.ts';

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
  readonly cause?: unknown;
  readonly originalMessage?: string | undefined;
}

/**
 * Runs a program to its end, in a process group of its own that is killed as a whole on Ctrl-C
 * (`host.signal`) and when the deadline passes.
 *
 * @throws VipisoError tool-missing, tool-failed, timeout, interrupted, disk-full, permission; not-found for a
 *   missing working directory or input file
 */
export async function runTool(host: Host, call: ToolCall): Promise<ToolResult> {
  const program = resolveTool(host, call);
  const started = host.now();
  return await withStdio(call, async (stdio) => {
    const { result, stopped } = await execute(host, call, program, stdio);
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

interface Stdio {
  readonly stdin?: Readable | readonly [Readable, 'pipe'] | 'ignore';
  readonly input?: string | Uint8Array;
  readonly stdout: Writable | 'pipe';
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
      ...(input === undefined ? { stdin: source ?? 'ignore' } : { input }),
      stdout: stdout === undefined ? 'pipe' : fileOutput(await opened(stdout.file, 'w')),
    });
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
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
  const child = execa(program, call.args, {
    ...stdio,
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
  host.signal.addEventListener('abort', interrupt);
  output.follow(child.stdout, 'stdout');
  output.follow(child.stderr, 'stderr');
  try {
    return { result: await child, stopped };
  } finally {
    clearTimeout(deadline);
    host.signal.removeEventListener('abort', interrupt);
    group.ended();
    await output.end();
  }
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
