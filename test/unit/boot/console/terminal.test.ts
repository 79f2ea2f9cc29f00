import { Duplex, PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Console } from '../../../../scripts/boot/console/console.ts';
import { attachTerminal } from '../../../../scripts/boot/console/terminal.ts';
import type { Terminal } from '../../../../scripts/boot/console/terminal.ts';

/** A machine's serial line: `say` speaks for the machine, `typed` is what it got. */
function machine(): { console: Console; say: (text: string) => void; typed: () => string } {
  let typed = '';
  const line = new Duplex({
    read: () => undefined,
    write: (bytes: Buffer, _encoding, done) => {
      typed += bytes.toString();
      done();
    },
  });
  const console = new Console(line, () => 0);
  return { console, say: (text) => line.emit('data', Buffer.from(text)), typed: () => typed };
}

function terminal(isTTY: boolean): Terminal & { raw: boolean[]; shown: () => string } {
  const raw: boolean[] = [];
  const output = new PassThrough();
  const setRawMode = (on: boolean): void => void raw.push(on);
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode });
  const shown = (): string => String(output.read() ?? '');
  return { input, output, raw, shown } as unknown as ReturnType<typeof terminal>;
}

async function isSettled(promise: Promise<void>): Promise<boolean> {
  return await Promise.race([promise.then(() => true), Promise.resolve(false)]);
}

describe('attachTerminal', () => {
  test('shows what was said before, then every byte', () => {
    const { console, say } = machine();
    const screen = terminal(true);
    say('one\r\ntwo');
    const { detach } = attachTerminal(console, screen);
    say(' and \u001b[1mthree\u001b[0m\r\n');
    detach();
    say('unseen');
    expect(screen.shown()).toBe('one\r\ntwo and \u001b[1mthree\u001b[0m\r\n');
  });

  test('keys go to the machine, Ctrl-C too, until the escape key', async () => {
    const { console, typed } = machine();
    const screen = terminal(true);
    const { left, detach } = attachTerminal(console, screen);
    screen.input.emit('data', Buffer.from('root\r\u0003'));
    expect(await isSettled(left)).toBe(false);
    screen.input.emit('data', Buffer.from('x\u001dy'));
    await left;
    detach();
    screen.input.emit('data', Buffer.from('z'));
    expect(typed()).toBe('root\r\u0003x');
    expect(screen.raw).toEqual([true, false]);
  });

  test('without a terminal nothing is read', () => {
    const { console, typed } = machine();
    const screen = terminal(false);
    const { detach } = attachTerminal(console, screen);
    screen.input.emit('data', Buffer.from('root\r'));
    detach();
    expect([typed(), screen.raw]).toEqual(['', []]);
  });

  test('a reader that went away is a reason to leave', async () => {
    const screen = terminal(true);
    const { left } = attachTerminal(machine().console, screen);
    screen.output.emit('error', new Error('EPIPE'));
    await left;
    expect(screen.raw).toEqual([true]);
  });
});
