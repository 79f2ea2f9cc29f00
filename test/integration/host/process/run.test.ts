import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { runTool } from '../../../../scripts/host/process/run.ts';
import { startTool } from '../../../../scripts/host/process/start-tool.ts';
import { testHost } from '../../../support/host/test-host.ts';

const sh = (script: string): { tool: string; args: string[] } => ({
  tool: 'sh',
  args: ['-c', script],
});

/** A zombie is over: who adopts orphans here may be slow to collect them. */
function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !readFileSync(file, 'utf8').includes(') Z ');
}

describe('runTool', () => {
  test('gives the tool a minimal environment and no input', async () => {
    const host = testHost({ env: { PATH: process.env['PATH'], SECRET: 'x', LANG: 'de_DE.UTF-8' } });
    const { stdout } = await runTool(host, { ...sh('cat; env | sort'), env: { A: 'b' } });
    const names = stdout.split('\n').map((line) => line.split('=')[0]);
    expect(names.filter((name) => name !== '_' && name !== 'SHLVL')).toEqual([
      'A',
      'HOME',
      'LC_ALL',
      'PATH',
      'PWD',
      'TZ',
      '',
    ]);
  });

  test('passes arguments untouched by any shell', async () => {
    const { stdout } = await runTool(testHost(), {
      tool: 'printf',
      args: ['%s|', '$HOME', 'a b', "'", '*'],
    });
    expect(stdout).toBe("$HOME|a b|'|*|");
  });

  test('feeds text, files and streams, and writes to a file', async () => {
    const host = testHost();
    const file = path.join(host.folder, 'in');
    writeFileSync(file, 'from a file');
    const out = path.join(host.folder, 'out');
    const cat = { tool: 'cat', args: [] };
    expect((await runTool(host, { ...cat, input: 'text' })).stdout).toBe('text');
    expect((await runTool(host, { ...cat, stdin: Readable.from(['a', 'b']) })).stdout).toBe('ab');
    expect(await runTool(host, { ...cat, stdin: { file }, stdout: { file: out } })).toMatchObject({
      stdout: '',
    });
    expect(readFileSync(out, 'utf8')).toBe('from a file');
  });

  test('shows ending, stderr, log and a replay line of a failure, without secrets', async () => {
    const host = testHost();
    const log = path.join(host.folder, 'logs', 'tool.log');
    const call = {
      ...sh('echo said hunter2; echo why hunter2 >&2; exit 3'),
      log,
      mask: ['hunter2'],
    };
    const failure = runTool(host, { ...call, env: { NAME: 'a b' } });
    await expect(failure).rejects.toMatchObject({
      code: 'tool-failed',
      message: 'sh failed with exit code 3',
      details: [
        '  why ***',
        `log: ${log}`,
        "to replay: LC_ALL=C TZ=UTC NAME='a b' sh -c 'echo said ***; echo why *** >&2; exit 3'",
      ],
    });
    expect(readFileSync(log, 'utf8')).toMatch(
      /^\$ LC_ALL=C .*\n(said \*\*\*\nwhy|why \*\*\*\nsaid) \*\*\*\n$/,
    );
  });

  test('accepts the exit codes that the caller names', async () => {
    const result = await runTool(testHost(), { ...sh('exit 4'), okExitCodes: [0, 4] });
    expect(result.exitCode).toBe(4);
  });

  test.each([
    ['echo "cp: error writing: No space left on device" >&2; exit 1', 'disk-full'],
    ['echo "open /x: Permission denied" >&2; exit 1', 'permission'],
    ['kill -KILL $$', 'tool-failed'],
  ])('%s is reported as %s', async (script, code) => {
    await expect(runTool(testHost(), sh(script))).rejects.toMatchObject({ code });
  });

  test('names a missing program with its package, and a missing folder', async () => {
    const host = testHost({ env: { PATH: '/nowhere' } });
    await expect(runTool(host, { tool: 'no-such-tool', args: [] })).rejects.toMatchObject({
      code: 'tool-missing',
    });
    await expect(runTool(host, { ...sh('true'), cwd: '/no/such' })).rejects.toMatchObject({
      code: 'not-found',
      message: 'cannot run sh in /no/such: there is no such folder',
    });
  });

  test('ends the whole group at the deadline', async () => {
    const host = testHost();
    const file = path.join(host.folder, 'pid');
    const script = `sleep 60 & echo $! > ${file}; wait`;
    await expect(runTool(host, { ...sh(script), timeoutMs: 200 })).rejects.toMatchObject({
      code: 'timeout',
      message: 'sh did not finish within 0.2 s and was stopped',
    });
    await expect.poll(() => isRunning(Number(readFileSync(file, 'utf8')))).toBe(false);
  });

  test('kills what ignores the request to end', async () => {
    const lines: string[] = [];
    const deaf = sh('trap "" TERM; echo deaf; while :; do sleep 0.05; done');
    const onLine = (line: string): void => void lines.push(line);
    const tool = await startTool(testHost(), { ...deaf, onLine });
    await expect.poll(() => lines).toEqual(['deaf']);
    expect(await tool.stop(100)).toEqual({ exitCode: undefined, signal: 'SIGKILL' });
  });

  test('ends on the interrupt', async () => {
    const host = testHost();
    const run = runTool(host, { ...sh('echo started; sleep 60'), onLine: host.abort });
    await expect(run).rejects.toMatchObject({ code: 'interrupted' });
    await expect(runTool(host, sh('true'))).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('delivers lines as they come, with any ending', async () => {
    const lines: string[] = [];
    await runTool(testHost(), {
      ...sh(`printf 'a\\nb\\r\\nc\\rd'`),
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('startTool', () => {
  test('runs beside us until it is stopped, with its children', async () => {
    const host = testHost();
    const lines: string[] = [];
    const tool = await startTool(host, {
      ...sh('sleep 60 & echo $!; read answer; echo "got $answer"; wait'),
      onLine: (line) => lines.push(line),
    });
    tool.stdin.write('it\n');
    await expect.poll(() => lines.length).toBe(2);
    expect(lines[1]).toBe('got it');
    expect(isRunning(tool.pid)).toBe(true);
    expect(await tool.stop()).toEqual({ exitCode: undefined, signal: 'SIGTERM' });
    await expect.poll(() => isRunning(Number(lines[0]))).toBe(false);
  });

  test('tells the exit code of a program that ends by itself', async () => {
    const tool = await startTool(testHost(), sh('exit 7'));
    expect(await tool.exited).toEqual({ exitCode: 7, signal: undefined });
  });
});
