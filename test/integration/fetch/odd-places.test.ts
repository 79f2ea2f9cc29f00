import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeFileAtomic } from '../../../scripts/host/fs/atomic-file.ts';
import { runTool } from '../../../scripts/host/process/run.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { temporaryFolder, testHost } from '../../support/host/test-host.ts';
import { makeToolPackage } from '../../support/host/tool-package.ts';
import { makeFetchSite } from '../../support/http/fetch-site.ts';
import type { ToolRun } from '../../support/http/fetch-site.ts';

const toolRoot = mkdtempSync(path.join(os.tmpdir(), 'vipiso-tool-'));
afterAll(() => rmSync(toolRoot, { recursive: true, force: true }));
const tool = makeToolPackage(toolRoot);

const FETCH = ['fetch', '--offline'];

async function outcome(run: ToolRun): Promise<[number | undefined, string]> {
  return [(await run.exited).exitCode, run.lines.join('\n')];
}

test('a cache whose name is full of signs that shells and tools know is like any other', async () => {
  const site = await makeFetchSite(tool, testKeyPair(), 100);
  const cache = path.join(site.host.folder, 'a b$HOME $(id) "c" \'d\' \\e =f @@7 *?[g]');
  const env = { VIPISO_CACHE: cache, VIPISO_DATA: `${cache}/data` };
  const mirror = 'm $HOME "q" \\';
  const [exitCode, said] = await outcome(await site.run([...FETCH, '--mirror', mirror], { env }));
  expect(exitCode, said).toBe(0);
  expect(existsSync(path.join(site.host.folder, mirror))).toBe(true);
  expect(existsSync(path.join(cache, 'sha256'))).toBe(true);
});

describe('an output that takes nothing', () => {
  test('is one clear error', async () => {
    const site = await makeFetchSite(tool, testKeyPair(), 100);
    const within = ['sh', '-c', 'exec "$@" >/dev/full', 'sh'];
    const [exitCode, said] = await outcome(await site.run([...FETCH, '--json'], { within }));
    expect(said).toBe(
      'error[io]: cannot write to standard output\n  cause: ENOSPC: no space left on device, write',
    );
    expect(exitCode).toBe(5);
  });

  test('even where errors are told there, too', async () => {
    const site = await makeFetchSite(tool, testKeyPair(), 100);
    const within = ['sh', '-c', 'exec "$@" >/dev/full 2>&1', 'sh'];
    const [exitCode] = await outcome(await site.run([...FETCH, '--json'], { within }));
    expect(exitCode).toBe(5);
  });

  test('or a pipe is not replaced by a file', async () => {
    const pipe = path.join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(writeFileAtomic(pipe, 'x')).rejects.toMatchObject({ code: 'io' });
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });
});

test('few descriptors are enough, or the error says so', async () => {
  const site = await makeFetchSite(tool, testKeyPair(), 100);
  const outcomes = new Set<number | undefined>();
  for (const limit of [20, 32, 128, 512]) {
    const within = ['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh'];
    const [exitCode, said] = await outcome(await site.run(FETCH, { within }));
    outcomes.add(exitCode);
    // Node itself needs about twenty, and calls a module that it has no descriptor for missing.
    if (exitCode !== 0 && limit > 22) {
      expect(said).toMatch(/^error\[io\]: too many open files|Cannot find (package|module)/m);
    }
  }
  expect(outcomes).toContain(0);
});

describe('the log of a tool', () => {
  const log = async (prepare: (file: string, victim: string) => void): Promise<string> => {
    const host = testHost();
    const file = path.join(host.cacheFolder, 'logs', 'lb-1.log');
    const victim = path.join(host.folder, 'victim');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(victim, 'precious\n');
    prepare(file, victim);
    try {
      await runTool(host, { tool: 'echo', args: ['said'], log: file });
    } finally {
      expect(readFileSync(victim, 'utf8')).toBe('precious\n');
    }
    return readFileSync(file, 'utf8');
  };

  test('goes on where it ended', async () => {
    expect(await log((file) => writeFileSync(file, 'before\n'))).toMatch(/^before\n\$.*\nsaid\n$/);
  });

  test('takes the place of a link that was planted there', async () => {
    expect(await log((file, victim) => symlinkSync(victim, file))).toMatch(/^\$.*\nsaid\n$/);
  });

  test.each([
    ['a named pipe', (file: string) => execFileSync('mkfifo', [file])],
    ['a folder', (file: string) => mkdirSync(file)],
  ])('is not written into %s', async (_what, make) => {
    await expect(log(make)).rejects.toMatchObject({ code: 'io' });
  });
});
