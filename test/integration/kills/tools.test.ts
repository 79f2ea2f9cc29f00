import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { execa } from 'execa';
import { afterAll, expect, test, vi } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const programs = mkdtempSync(path.join(ROOT, 'out/tools-child-'));
afterAll(() => rmSync(programs, { recursive: true, force: true }));

/** Starts a program by the tool's own means, prints a line of it, and waits; or, with `once`, comes to its end. */
const PROGRAM = `
import { nodeHost } from './scripts/host/node-host.ts';
import { runTool } from './scripts/host/process/run.ts';
import { startTool } from './scripts/host/process/start-tool.ts';
const host = nodeHost({ report: () => undefined, signal: new AbortController().signal });
const [how, program, ...args] = process.argv.slice(2);
const onLine = (line: string) => console.log(line);
await (how === 'start' ? startTool : runTool)(host, { tool: program ?? '', args, onLine });
if (how !== 'once') setInterval(() => undefined, 1000);
`;

const child = path.join(programs, 'child.mjs');
buildSync({
  stdin: { contents: PROGRAM, resolveDir: ROOT, loader: 'ts' },
  ...{ bundle: true, platform: 'node', format: 'esm', outfile: child, logLevel: 'warning' },
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});

/** A shell that does not listen to requests, with a child that does not either. */
const STUBBORN = `trap '' TERM HUP INT; sleep 1000 & echo "$$ $!"; wait; sleep 1000`;

async function pidsOf(how: 'start' | 'run', command: readonly string[]): Promise<number[]> {
  const running = execa(process.execPath, [child, how, ...command], { reject: false });
  const line = await new Promise<string>((resolve) => {
    running.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
  });
  const pids = line.trim().split(' ').map(Number);
  expect(pids.every((pid) => existsSync(`/proc/${pid}`))).toBe(true);
  running.kill('SIGKILL');
  expect((await running).signal).toBe('SIGKILL');
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
  const { stdout, exitCode } = await execa(
    process.execPath,
    [child, 'once', 'sh', '-c', 'echo $$'],
    {
      timeout: 20_000,
    },
  );
  expect([exitCode, existsSync(`/proc/${stdout.trim()}`)]).toEqual([0, false]);
});
