import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectWhenThere, Qmp } from '../../../../scripts/boot/qemu/qmp.ts';

const DEADLINE_MS = 10_000;

describe("QEMU's machine protocol", () => {
  let folder: string;
  let file: string;
  let server: net.Server | undefined;

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
    file = path.join(folder, 'qmp.sock');
  });
  afterEach(() => {
    server?.close();
    server = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** A QEMU that answers the first command and then does something else. */
  async function listen(then: (socket: net.Socket) => void): Promise<void> {
    server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write('{"return": {}}\n');
        socket.once('data', () => then(socket));
      });
    });
    await new Promise<void>((resolve) => server?.listen(file, resolve));
  }

  function connect(signal = new AbortController().signal): Promise<Qmp> {
    return Qmp.connect(file, { deadlineMs: DEADLINE_MS, signal });
  }

  test('an error that QEMU answers with is the error of the command', async () => {
    await listen((socket) => socket.write('{"error": {"class": "x", "desc": "no such thing"}}\n'));
    const qmp = await connect();
    await expect(qmp.execute('set_link')).rejects.toThrow('QEMU: no such thing');
    qmp.close();
  });

  test('a QEMU that goes in the middle of an answer fails the command, and nothing else', async () => {
    await listen((socket) => {
      socket.write('{"ret', () => socket.destroy());
    });
    const qmp = await connect();
    await expect(qmp.execute('cont')).rejects.toMatchObject({ code: 'tool-failed' });
  });

  test('waiting for a socket that never comes ends at once by the signal', async () => {
    const interruption = new AbortController();
    const waiting = connectWhenThere(file, {
      deadlineMs: DEADLINE_MS,
      signal: interruption.signal,
    });
    interruption.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a socket that never comes is told after the deadline', async () => {
    const { signal } = new AbortController();
    await expect(connectWhenThere(file, { deadlineMs: 1, signal })).rejects.toMatchObject({
      code: 'timeout',
    });
  });
});
