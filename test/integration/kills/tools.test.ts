import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterAll, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../support/host/test-host.ts';
import { makeToolPackage } from '../../support/host/tool-package.ts';

const toolRoot = mkdtempSync(path.join(os.tmpdir(), 'vipiso-tool-'));
afterAll(() => rmSync(toolRoot, { recursive: true, force: true }));
const tool = makeToolPackage(toolRoot);

/** Starts a program by the tool's own means, prints a line of it, and waits. */
const PROGRAM = `
import { nodeHost } from '${pathToFileURL(path.join(path.dirname(tool), 'host/node-host.js')).href}';
import { startTool } from '${pathToFileURL(path.join(path.dirname(tool), 'host/process/start-tool.js')).href}';
import { runTool } from '${pathToFileURL(path.join(path.dirname(tool), 'host/run.js')).href}';
const host = nodeHost({ report: () => undefined, signal: new AbortController().signal });
const [how, program, ...args] = process.argv.slice(2);
const onLine = (line) => console.log(line);
await (how === 'start' ? startTool : runTool)(host, { tool: program, args, onLine });
setInterval(() => undefined, 1000);
`;

/** A shell that does not listen to requests, with a child that does not either. */
const STUBBORN = `trap '' TERM HUP INT; sleep 1000 & echo "$$ $!"; wait; sleep 1000`;

async function pidsOf(how: 'start' | 'run', command: readonly string[]): Promise<number[]> {
  const file = path.join(temporaryFolder(), 'program.mjs');
  writeFileSync(file, PROGRAM);
  const child = execa(process.execPath, [file, how, ...command], { reject: false });
  const line = await new Promise<string>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
  });
  const pids = line.trim().split(' ').map(Number);
  expect(pids.every((pid) => existsSync(`/proc/${pid}`))).toBe(true);
  child.kill('SIGKILL');
  expect((await child).signal).toBe('SIGKILL');
  return pids;
}

test.each(['start', 'run'] as const)(
  'a program and its children end with a tool that is killed (%s)',
  async (how) => {
    const pids = await pidsOf(how, ['sh', '-c', STUBBORN]);
    expect(pids).toHaveLength(2);
    await vi.waitFor(() => expect(pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]), {
      timeout: 20_000,
    });
  },
);

test('a tool that is done ends by itself, whatever watches over its programs', async () => {
  const file = path.join(temporaryFolder(), 'program.mjs');
  writeFileSync(file, PROGRAM.replace('setInterval', 'void '));
  const { stdout, exitCode } = await execa(process.execPath, [file, 'run', 'sh', '-c', 'echo $$'], {
    timeout: 20_000,
  });
  expect([exitCode, existsSync(`/proc/${stdout.trim()}`)]).toEqual([0, false]);
});
