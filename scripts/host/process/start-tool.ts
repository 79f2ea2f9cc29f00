import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import type { Host } from '../host.ts';
import { resolveTool } from '../tools/tool-call.ts';
import type { ToolStart } from '../tools/tool-call.ts';
import { toolEnvironment } from '../tools/tool-environment.ts';
import { toolFailure } from '../tools/tool-failure.ts';
import { childGroup } from './child-group.ts';
import { childOutput } from './child-output.ts';

/** A program that runs beside us: QEMU, a server. */
export interface RunningTool {
  readonly pid: number;
  readonly stdin: Writable;
  /** Raw output, for consoles whose prompts have no line ending; `onLine` of the call sees lines. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves, never rejects, when the program has ended and its output was read to the end. */
  readonly exited: Promise<ToolEnd>;
  /** Ends the whole process group (SIGTERM, after the grace SIGKILL) and waits until it is gone. */
  readonly stop: (graceMs?: number) => Promise<ToolEnd>;
}

interface ToolEnd {
  /** Undefined when it ended by `signal`. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/**
 * Starts a program in a process group of its own and returns at once. The group ends on `stop()`, on Ctrl-C
 * (`host.signal`) and with this process. Its output is read in any case, so it never blocks on a full pipe.
 *
 * @throws VipisoError tool-missing, tool-failed (it could not be started), not-found, interrupted
 */
export async function startTool(host: Host, call: ToolStart): Promise<RunningTool> {
  const program = resolveTool(host, call);
  const output = await childOutput(call);
  const child = execa(program, call.args, {
    cwd: call.cwd ?? host.cwd,
    env: toolEnvironment(host, call.env),
    extendEnv: false,
    detached: true,
    reject: false,
    buffer: false,
    stdin: 'pipe',
  });
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined) {
    const { originalMessage } = await child;
    await output.end();
    const reason = originalMessage ?? 'unknown reason';
    throw toolFailure({ call, ending: { by: 'start', reason }, stderr: '' });
  }
  const group = childGroup(pid);
  const interrupt = (): void => group.stop();
  host.signal.addEventListener('abort', interrupt);
  output.follow(stdout, 'stdout');
  output.follow(stderr, 'stderr');
  stdout.resume();
  stderr.resume();
  // A program that ends while we write to it is not an error here: `exited` tells.
  stdin.on('error', () => undefined);
  const exited = child.then(async ({ exitCode, signal }) => {
    host.signal.removeEventListener('abort', interrupt);
    group.ended();
    await output.end();
    return { exitCode, signal };
  });
  return {
    pid,
    stdin,
    stdout,
    stderr,
    exited,
    stop: async (graceMs) => {
      group.stop(graceMs);
      return await exited;
    },
  };
}
