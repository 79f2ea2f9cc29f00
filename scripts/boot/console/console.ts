import type { Readable } from 'node:stream';
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

/** A machine's serial console from power-on: keeps its lines, and tells when the boot has come somewhere. */
export class Console {
  readonly record = new BootRecord();
  readonly #text = new ConsoleText();
  readonly #lines: string[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #now: () => number;
  readonly #start: number;

  /** @param now milliseconds; the machine is switched on at the moment of this call */
  constructor(stream: Readable, now: () => number) {
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
   * @param name of the machine, for messages
   * @throws VipisoError proof-failed when it is not there in time or never will be; interrupted
   */
  async reach(
    stage: BootStage,
    about: { readonly name: string; readonly deadlineMs: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const settled = (): boolean => this.record.stages.has(stage) || this.#fatal !== undefined;
    await this.#until(settled, about.deadlineMs, about.signal);
    if (this.record.stages.has(stage)) return;
    if (about.signal.aborted)
      throw new VipisoError('interrupted', `interrupted while ${about.name} was booting`);
    throw new VipisoError('proof-failed', this.#complaint(stage, about), { details: this.tail });
  }

  #complaint(
    stage: BootStage,
    about: { readonly name: string; readonly deadlineMs: number },
  ): string {
    if (this.#fatal !== undefined) return `${about.name} does not boot: ${this.#fatal.line}`;
    const last = [...this.record.stages.keys()].at(-1) ?? 'nothing';
    return `${about.name} did not reach "${stage}" within ${about.deadlineMs / 1000} s; the last stage was "${last}"`;
  }

  get #fatal(): BootProblem | undefined {
    return this.record.problems.find(({ code }) => FATAL.has(code));
  }

  #hear(bytes: Uint8Array): void {
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
