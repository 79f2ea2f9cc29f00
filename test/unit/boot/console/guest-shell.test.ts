import { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { GuestShell } from '../../../../scripts/boot/console/guest-shell.ts';

const DEADLINE_MS = 60_000;

/** A serial line with a machine at its other end that answers each command line. */
function serialLine(answer: (command: string) => string | undefined): Duplex {
  const line: Duplex = new Duplex({
    read: () => undefined,
    write: (chunk, _encoding, done) => {
      const said = answer(String(chunk));
      if (said !== undefined) line.push(said);
      done();
    },
  });
  return line;
}

const SILENT = (): undefined => undefined;

describe('the shell inside a machine', () => {
  test('gives what a command prints, and its exit code', async () => {
    const line = serialLine((command) => {
      const [, mark = ''] = /echo "(--done-\d+--)"/.exec(command) ?? [];
      return `123 124\n${mark} 0\n`;
    });
    const result = new GuestShell(line, 'lb-1').run('pidof haproxy', DEADLINE_MS);
    expect(await result).toEqual({ exitCode: 0, output: '123 124\n' });
  });

  test('a machine that goes off is not waited for', async () => {
    const line = serialLine(SILENT);
    const shell = new GuestShell(line, 'lb-1');
    const running = shell.run('rc-service haproxy stop', DEADLINE_MS);
    const waiting = shell.run('date', DEADLINE_MS);
    setImmediate(() => line.destroy());
    await expect(running).rejects.toMatchObject({ code: 'proof-failed' });
    await expect(waiting).rejects.toThrow('lb-1 was switched off');
  });

  test('one that says nothing is told after the deadline', async () => {
    const shell = new GuestShell(serialLine(SILENT), 'lb-1');
    await expect(shell.run('date', 10)).rejects.toMatchObject({ code: 'timeout' });
  });
});
