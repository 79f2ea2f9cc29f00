/** ANSI control sequences (ECMA-48, section 5.4), operating system commands, and two-byte escapes. */
// eslint-disable-next-line no-control-regex -- Control characters are what is being looked for.
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-~])/g;
// eslint-disable-next-line no-control-regex -- As above; tab stays.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Restoring the cursor goes back to where a progress display began, as a carriage return does. */
// eslint-disable-next-line no-control-regex -- As above.
const CURSOR_RESTORED = /\u001b(?:8|\[u)/g;

/** What a person would read of a raw console line: no colours, no cursor movements, no bells. */
export function plainText(raw: string): string {
  const visible = raw.replace(CURSOR_RESTORED, '\r').replace(ESCAPES, '').replace(/\r+$/, '');
  // A carriage return in the middle starts the line again, as progress displays do.
  return (visible.split('\r').at(-1) ?? '').replace(CONTROLS, '').trimEnd();
}

/** Cuts raw console output into plain lines; the rest that has no ending yet can be looked at. */
export class ConsoleText {
  readonly #decoder = new TextDecoder();
  #rest = '';

  /** @returns the lines that are complete now */
  write(bytes: Uint8Array): readonly string[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.map(plainText);
  }

  /** The line being written: a prompt waits here for its answer. */
  get unfinished(): string {
    return plainText(this.#rest);
  }
}
