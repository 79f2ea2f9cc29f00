import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Wall-clock time and memory of one command, start of the process included. */
export interface Cost {
  readonly milliseconds: number;
  /** Largest resident size; 0 where the kernel does not tell (no /proc). */
  readonly peakBytes: number;
}

export interface Command {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const POLL_MS = 3;

/** Runs a command with its output thrown away. @throws Error when it ends with another exit code than 0 */
async function runOnce({ argv, cwd, env }: Command): Promise<Cost> {
  const [file = '', ...args] = argv;
  const start = performance.now();
  const child = spawn(file, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd,
    env: { ...process.env, ...env },
  });
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null }));
  let peakBytes = 0;
  let end: { code: number | null } | undefined;
  while (end === undefined) {
    peakBytes = Math.max(peakBytes, await peakOf(child.pid));
    end = await Promise.race([ended, sleep(POLL_MS).then(() => undefined)]);
  }
  const milliseconds = performance.now() - start;
  if (end.code !== 0) {
    throw new Error(
      `${argv.join(' ')} ended with ${String(end.code)}:\n${Buffer.concat(errors).toString()}`,
    );
  }
  return { milliseconds, peakBytes };
}

/** High-water mark of a process's resident size; see proc(5). */
async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid ?? 0}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Median time of several runs and the largest memory of any; `before` runs ahead of each, unmeasured. */
export async function measure(
  command: Command,
  runs: number,
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<Cost> {
  const costs: Cost[] = [];
  for (let run = 0; run < runs; run++) {
    await before();
    costs.push(await runOnce(command));
  }
  const times = costs.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return {
    milliseconds: times[Math.floor(times.length / 2)] ?? 0,
    peakBytes: Math.max(...costs.map(({ peakBytes }) => peakBytes)),
  };
}
