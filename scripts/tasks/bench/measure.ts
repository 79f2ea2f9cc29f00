import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Processor time and memory of one command, start of the process included. */
export interface Cost {
  /** Of all its threads: unlike wall-clock time it means something on a busy machine too. */
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
const TIMED = 'TIMEFORMAT="cpu %3U %3S"; time "$@"';

/**
 * Runs a command with its output thrown away. Node reads what NODE_EXTRA_CA_CERTS names at every start, which takes as
 * long as all the rest of it and would be measured as the tool's.
 *
 * @throws Error when it ends with another exit code than 0
 */
async function runOnce({ argv, cwd, env }: Command): Promise<Cost> {
  const child = spawn('bash', ['-c', TIMED, 'bash', ...argv], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd,
    env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined, ...env },
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
  const told = Buffer.concat(errors).toString();
  if (end.code !== 0) {
    throw new Error(`${argv.join(' ')} ended with ${String(end.code)}:\n${told}`);
  }
  return { milliseconds: processorTimeIn(told), peakBytes };
}

/** High-water mark of the resident size of a process's first child; see proc(5). */
async function peakOf(parent: number | undefined): Promise<number> {
  const id = parent ?? 0;
  const children = await readFile(`/proc/${id}/task/${id}/children`, 'utf8').catch(() => '');
  const [pid = ''] = children.split(' ');
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Processor time of a command and all its children, in milliseconds: what bash's `time` writes behind the rest. */
function processorTimeIn(errors: string): number {
  const [, user = 0, system = 0] = /cpu (\d+\.\d+) (\d+\.\d+)\s*$/.exec(errors) ?? [];
  return (Number(user) + Number(system)) * 1000;
}

/** A command, and what its runs have cost so far. */
export class Contender {
  private readonly command: Command;
  private readonly before: () => Promise<void>;
  private milliseconds = Infinity;
  private peakBytes = 0;

  /** @param before Runs ahead of each run, unmeasured. */
  constructor(command: Command, before: () => Promise<void> = () => Promise.resolve()) {
    this.command = command;
    this.before = before;
  }

  async run(): Promise<void> {
    await this.before();
    const { milliseconds, peakBytes } = await runOnce(this.command);
    this.milliseconds = Math.min(this.milliseconds, milliseconds);
    this.peakBytes = Math.max(this.peakBytes, peakBytes);
  }

  /** The least time, to which the machine's other work has added least, and the largest memory. */
  get cost(): Cost {
    return { milliseconds: this.milliseconds, peakBytes: this.peakBytes };
  }
}

/** Round after round, so that whatever slows the machine down for a while slows all of them. */
export async function runInTurn(contenders: readonly Contender[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) await contender.run();
  }
}
