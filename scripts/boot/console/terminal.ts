import type { Console } from './console.ts';

/** The terminal in front of the user, or what replaces it. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** Ctrl-]: the key that leaves telnet and `virsh console` as well. */
const ESCAPE = 0x1d;

export interface Attachment {
  /** Resolves when the user wants to leave: by the escape key, or because nobody reads any more. */
  readonly left: Promise<void>;
  readonly detach: () => void;
}

/** Whether keys can be typed: otherwise the console is only shown. */
export function isInteractive({ input }: Terminal): boolean {
  return input.isTTY;
}

/** Shows a machine's console on the terminal, whose keys go to the machine, Ctrl-C too. */
export function attachTerminal(console: Console, terminal: Terminal): Attachment {
  const { input, output } = terminal;
  const unfollow = console.follow((bytes) => output.write(bytes));
  let leave = (): void => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const type = (keys: Buffer): void => {
    const end = keys.indexOf(ESCAPE);
    console.type(keys.subarray(0, end < 0 ? keys.length : end));
    if (end >= 0) leave();
  };
  const interactive = isInteractive(terminal);
  if (interactive) {
    input.setRawMode(true);
    input.on('data', type);
  }
  output.once('error', leave);
  return {
    left,
    detach: () => {
      unfollow();
      output.off('error', leave);
      if (!interactive) return;
      input.off('data', type);
      input.setRawMode(false);
      input.pause();
    },
  };
}
