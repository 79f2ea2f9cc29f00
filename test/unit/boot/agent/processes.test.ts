import { pbkdf2 } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Processes } from '../../../../scripts/boot/agent/processes.ts';

const derive = promisify(pbkdf2);

describe('the programs of a LAN', () => {
  let folder: string;
  let log: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
    log = path.join(folder, 'log');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('one that ends while this process is slow to close its log tells its end all the same', async () => {
    const processes = new Processes();
    const starting = processes.start(['sh', '-c', 'echo said; exit 3'], log);
    // The log is opened; whatever comes after waits until one of libuv's threads is free.
    const busy = Array.from({ length: 8 }, () => derive('', '', 150_000, 64, 'sha512'));
    expect(await processes.exit(await starting)).toEqual({ code: 3, signal: null });
    expect(readFileSync(log, 'utf8')).toBe('said\n');
    await Promise.all(busy);
  });

  test('one that is killed tells by what', async () => {
    const processes = new Processes();
    const id = await processes.start(['sleep', '60'], log);
    processes.signal(id, 'SIGKILL');
    expect(await processes.exit(id)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('one that is not there is an error of its start', async () => {
    await expect(new Processes().start([path.join(folder, 'none')], log)).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});
