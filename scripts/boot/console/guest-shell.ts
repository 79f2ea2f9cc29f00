import type { Duplex } from 'node:stream';
import { VipisoError } from '../../core/errors.ts';

export interface CommandResult {
  readonly exitCode: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** A shell at the other end of a serial line: commands one at a time, each with its result. */
export class GuestShell {
  readonly #stream: Duplex;
  readonly #name: string;
  #heard = '';
  #look: () => void = () => undefined;
  #commands = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param name of the machine, for messages */
  constructor(stream: Duplex, name: string) {
    this.#stream = stream;
    this.#name = name;
    stream.on('data', (bytes: Buffer) => {
      this.#heard += bytes.toString('latin1');
      this.#look();
    });
  }

  /**
   * Runs a command line of sh.
   *
   * @throws VipisoError timeout when the machine does not answer in time; proof-failed when it goes off meanwhile
   */
  run(command: string, deadlineMs: number): Promise<CommandResult> {
    const result = this.#last.then(() => this.#exchange(command, deadlineMs));
    this.#last = result.catch(() => undefined);
    return result;
  }

  #exchange(command: string, deadlineMs: number): Promise<CommandResult> {
    if (this.#stream.closed) return Promise.reject(this.#goneError());
    const mark = `--done-${++this.#commands}--`;
    const answer = new RegExp(`([^]*?)${mark} (\\d+)\\n`);
    this.#heard = '';
    // The mark is written in two parts, so that an echo of the command is not taken for its end.
    this.#stream.write(`{ ${command}\n} </dev/null 2>&1; echo "${mark}"" $?"\n`);
    return new Promise((resolve, reject) => {
      const rest = (): void => {
        clearTimeout(timer);
        this.#look = () => undefined;
        this.#stream.off('close', goOff);
      };
      const goOff = (): void => {
        rest();
        reject(this.#goneError());
      };
      const timer = setTimeout(() => {
        rest();
        const what = `${this.#name} did not answer "${command}" within ${deadlineMs / 1000} s`;
        reject(new VipisoError('timeout', what, { details: this.#heard.split('\n').slice(-10) }));
      }, deadlineMs);
      this.#stream.once('close', goOff);
      this.#look = () => {
        const found = answer.exec(this.#heard);
        if (found === null) return;
        rest();
        resolve({ exitCode: Number(found[2]), output: found[1] ?? '' });
      };
    });
  }

  #goneError(): VipisoError {
    return new VipisoError('proof-failed', `${this.#name} was switched off before it answered`);
  }
}
