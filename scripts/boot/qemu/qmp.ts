import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { VipisoError } from '../../core/errors.ts';
import { isErrno } from '../../host/fs/errno.ts';
import { splitLines } from '../../host/process/line-splitter.ts';

const RETRY_MS = 25;

/** A greeting, an event, an answer or an error: told apart by which member is there. */
const Message = z.looseObject({ error: z.object({ desc: z.string() }).optional() });

/** How long a socket is waited for, and what ends the waiting before. */
export interface ConnectDeadline {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/**
 * Connects to a Unix socket that a program which was just started is about to make.
 * @throws VipisoError timeout; AbortError by the signal
 */
export async function connectWhenThere(
  file: string,
  { deadlineMs, signal }: ConnectDeadline,
): Promise<net.Socket> {
  for (let waited = 0; ; waited += RETRY_MS) {
    const socket = await connect(file);
    if (socket !== undefined) return socket;
    if (waited >= deadlineMs) {
      throw new VipisoError('timeout', `QEMU did not open ${file} within ${deadlineMs / 1000} s`);
    }
    await pause(RETRY_MS, undefined, { signal });
  }
}

function connect(file: string): Promise<net.Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(file);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => {
      if (isErrno(error, 'ENOENT', 'ECONNREFUSED')) resolve(undefined);
      else reject(error);
    });
  });
}

/** QEMU's machine protocol (docs/interop/qmp-spec): commands one at a time, each answered in turn. */
export class Qmp {
  readonly #socket: net.Socket;
  readonly #waiting: { settle: (value: unknown) => void; fail: (error: Error) => void }[] = [];

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    const lines = splitLines((line) => this.#hear(line));
    socket.setEncoding('utf8').on('data', (text: string) => lines.write(text));
    // QEMU may end at any moment; `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const gone = new VipisoError('tool-failed', 'QEMU ended while it was being asked something');
      this.#waiting.splice(0).forEach(({ fail }) => fail(gone));
    });
  }

  static async connect(file: string, deadline: ConnectDeadline): Promise<Qmp> {
    const qmp = new Qmp(await connectWhenThere(file, deadline));
    await qmp.execute('qmp_capabilities');
    return qmp;
  }

  execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return new Promise((settle, fail) => {
      this.#waiting.push({ settle, fail });
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #hear(line: string): void {
    const message = Message.parse(JSON.parse(line));
    if (message.error !== undefined)
      this.#waiting.shift()?.fail(new VipisoError('tool-failed', `QEMU: ${message.error.desc}`));
    else if ('return' in message) this.#waiting.shift()?.settle(message['return']);
  }
}
