import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { expectNothingLeft, familyOf } from '../support/host/process-family.ts';
import { requireTools } from '../support/host/require-tools.ts';
import { buildLabPair, explained, suiteHost } from '../support/images/lab-pair.ts';
import type { LabPair } from '../support/images/lab-pair.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TOOLS = ['qemu-system-x86_64', 'ip', 'unshare', 'xorriso', 'mksquashfs', 'apt-get', 'script'];
const TOLD_DEADLINE_MS = 120_000;
const BOOT_DEADLINE_MS = 400_000;
const END_DEADLINE_MS = 20_000;
const ESCAPE = '\u001d';

function get(port: number): Promise<{ readonly status: number; readonly server: string }> {
  return new Promise((resolve, reject) => {
    const about = { host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false };
    const request = https.get({ ...about, agent: false, timeout: 2000 }, (response) => {
      response.resume();
      const server = String(response.headers['x-answered-by']);
      resolve({ status: response.statusCode ?? 0, server });
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
  });
}

async function isOpen(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe.runIf(requireTools(...TOOLS))('vipiso boot', () => {
  let pair: LabPair;
  let folder: string;
  let tool: ChildProcess;
  let said: string;

  beforeAll(async () => {
    pair = await explained(buildLabPair(suiteHost(), 'test-pair'));
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
    said = '';
  });
  afterEach(() => {
    tool.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param wrap makes the command line into the one that is started */
  function boot(node: string, wrap = (argv: readonly string[]): readonly string[] => argv): void {
    const out = path.dirname(pair.image(node));
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const [program = '', ...args] = wrap([
      ...[process.execPath, '--import', loader, path.join(ROOT, 'scripts', 'vipiso.ts')],
      ...['boot', path.join(out, 'cluster.yaml'), '--out', out, '--node', node],
    ]);
    tool = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: folder, VIPISO_ACCELERATOR: 'tcg' },
    });
    for (const stream of [tool.stdout, tool.stderr])
      stream?.on('data', (bytes: Buffer) => (said += bytes.toString()));
  }

  async function hear(pattern: RegExp, timeout: number): Promise<string> {
    return await vi.waitFor(
      () => {
        if (tool.exitCode !== null) throw new Error(`vipiso boot has ended:\n${said}`);
        const [whole, first] = pattern.exec(said) ?? expect.unreachable(said.slice(-2000));
        return first ?? whole;
      },
      { timeout, interval: 200 },
    );
  }

  /** Ends the tool in some way, and looks for anything that it left behind. */
  async function endBy(end: () => void, port: number): Promise<number | null> {
    const family = familyOf(tool.pid ?? 0);
    expect(family.length).toBeGreaterThan(2);
    const ended = once(tool, 'exit');
    end();
    await vi.waitFor(() => expect(tool.exitCode).not.toBeNull(), { timeout: END_DEADLINE_MS });
    await ended;
    await expectNothingLeft(family, folder);
    expect(await isOpen(port)).toBe(false);
    return tool.exitCode;
  }

  test('a node, its console, and the VIP from this machine; a signal ends it all', async () => {
    boot('lb-1');
    const port = Number(
      await hear(/127\.0\.0\.1:(\d+) -> 192\.168\.9\.139:6443/, TOLD_DEADLINE_MS),
    );
    await hear(/lb-1 login:/, BOOT_DEADLINE_MS);
    const answer = await vi.waitFor(() => get(port), { timeout: 60_000, interval: 500 });
    expect(answer).toEqual({ status: 200, server: expect.stringMatching(/^k8s-\d$/) as unknown });
    expect(await endBy(() => tool.kill('SIGINT'), port)).toBe(130);
    expect(said).toMatch(/error\[interrupted\]/);
  });

  test('on a terminal keys go to the machine, and Ctrl-] leaves', async () => {
    boot('lb-2', (argv) => {
      const line = argv.map((word) => `'${word}'`).join(' ');
      return ['script', '--quiet', '--return', '--command', line, '/dev/null'];
    });
    const port = Number(
      await hear(/127\.0\.0\.1:(\d+) -> 192\.168\.9\.139:6443/, TOLD_DEADLINE_MS),
    );
    await hear(/Ctrl-\] leaves/, TOLD_DEADLINE_MS);
    await hear(/lb-2 login:/, BOOT_DEADLINE_MS);
    tool.stdin?.write('nobody\r');
    await hear(/login: nobody/, TOLD_DEADLINE_MS);
    expect(await endBy(() => tool.stdin?.write(ESCAPE), port)).toBe(0);
  });
});
