import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { ProcessExit } from '../lan/protocol.ts';

/** The programs that the agent runs inside the namespace: the machines, and clients such as kubectl. */
export class Processes {
  readonly #running = new Map<number, { child: ChildProcess; exit: Promise<ProcessExit> }>();
  #last = 0;

  async start(argv: readonly string[], log: string): Promise<number> {
    const [program = '', ...args] = argv;
    const output = await open(log, 'a');
    const child = spawn(program, args, { stdio: ['ignore', output.fd, output.fd] });
    // Listened for at once: a program may end before its log is closed here.
    const exit = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    await once(child, 'spawn').finally(() => output.close());
    this.#running.set(++this.#last, { child, exit });
    return this.#last;
  }

  signal(id: number, signal: string): void {
    this.#find(id).child.kill(signal as NodeJS.Signals);
  }

  exit(id: number): Promise<ProcessExit> {
    return this.#find(id).exit;
  }

  #find(id: number): { readonly child: ChildProcess; readonly exit: Promise<ProcessExit> } {
    const found = this.#running.get(id);
    if (found === undefined) throw new Error(`no process ${id} was started here`);
    return found;
  }
}
