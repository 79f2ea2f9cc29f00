import type { Duplex } from 'node:stream';
import { VipisoError } from '../../core/errors.ts';
import { BootRecord } from './boot-record.ts';
import type { BootProblem } from './boot-record.ts';
import { isLoginPrompt } from './events.ts';
import type { BootProblemCode, BootStage } from './events.ts';
import { ConsoleText } from './text.ts';

const TAIL_LINES = 25;

/** After these nothing more will come. */
const FATAL: ReadonlySet<BootProblemCode> = new Set([
  'kernel-panic',
  'init-missing',
  'recovery-shell',
]);

export interface Waiting {
  /** Of the machine, for messages. */
  readonly name: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** A machine's serial console from power-on: keeps its lines, and tells when the boot has come somewhere. */
export class Console {
  readonly record = new BootRecord();
  readonly #text = new ConsoleText();
  readonly #lines: string[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #followers = new Set<(bytes: Uint8Array) => void>();
  readonly #stream: Duplex;
  readonly #now: () => number;
  readonly #start: number;

  /** @param now milliseconds; the machine is switched on at the moment of this call */
  constructor(stream: Duplex, now: () => number) {
    this.#stream = stream;
    this.#now = now;
    this.#start = now();
    stream.on('data', (bytes: Uint8Array) => {
      this.#hear(bytes);
    });
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The last lines, for error messages. */
  get tail(): readonly string[] {
    return [...this.#lines, this.#text.unfinished].filter((line) => line !== '').slice(-TAIL_LINES);
  }

  /**
   * Waits until a stage of the boot is reached.
   *
   * @throws VipisoError proof-failed when it is not there in time or never will be; interrupted
   */
  async reach(stage: BootStage, about: Waiting): Promise<void> {
    await this.#come(() => this.record.stages.has(stage), about, `reach "${stage}"`);
  }

  /** Waits for a line, complete or not, that looks so; throws like `reach`. */
  async say(pattern: RegExp, about: Waiting): Promise<void> {
    const said = (): boolean =>
      [this.#text.unfinished, ...this.#lines].some((it) => pattern.test(it));
    await this.#come(said, about, `say ${pattern.source}`);
  }

  /** Types on the machine's keyboard, as it were. */
  type(text: string | Uint8Array): void {
    this.#stream.write(text);
  }

  /**
   * Hands on what the machine says: first, as plain lines, what it said so far, then every byte as it comes.
   *
   * @returns a function that ends it
   */
  follow(listener: (bytes: Uint8Array) => void): () => void {
    const sofar = [...this.#lines, this.#text.unfinished].join('\r\n');
    listener(Buffer.from(sofar));
    this.#followers.add(listener);
    return () => this.#followers.delete(listener);
  }

  async #come(arrived: () => boolean, about: Waiting, what: string): Promise<void> {
    const settled = (): boolean => arrived() || this.#fatal !== undefined;
    await this.#until(settled, about.deadlineMs, about.signal);
    if (arrived()) return;
    if (about.signal.aborted)
      throw new VipisoError('interrupted', `interrupted while ${about.name} was booting`);
    const last = [...this.record.stages.keys()].at(-1) ?? 'nothing';
    const complaint =
      this.#fatal === undefined
        ? `${about.name} did not ${what} within ${about.deadlineMs / 1000} s; the last stage was "${last}"`
        : `${about.name} does not boot: ${this.#fatal.line}`;
    throw new VipisoError('proof-failed', complaint, { details: this.tail });
  }

  get #fatal(): BootProblem | undefined {
    return this.record.problems.find(({ code }) => FATAL.has(code));
  }

  #hear(bytes: Uint8Array): void {
    for (const listener of this.#followers) listener(bytes);
    const atMs = this.#now() - this.#start;
    for (const line of this.#text.write(bytes)) {
      this.#lines.push(line);
      this.record.read(line, atMs);
    }
    const prompt = this.#text.unfinished;
    if (isLoginPrompt(prompt)) this.record.read(prompt, atMs);
    for (const look of [...this.#watchers]) look();
  }

  /** Resolves when the condition holds, the time is over, or the signal comes. */
  #until(holds: () => boolean, deadlineMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const look = (): void => {
        if (holds() || signal.aborted) end();
      };
      const timer = setTimeout(end, deadlineMs);
      this.#watchers.add(look);
      signal.addEventListener('abort', end);
      look();
    });
  }
}
