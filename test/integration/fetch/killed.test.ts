import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isErrno } from '../../../scripts/host/errno.ts';
import { startTool } from '../../../scripts/host/start-tool.ts';
import type { RunningTool } from '../../../scripts/host/start-tool.ts';
import { lockCluster } from '../../../scripts/workflows/lock.ts';
import { testKeyPair } from '../../support/apk-builder.ts';
import { writeKeysFolder, writeRepository } from '../../support/alpine-repository.ts';
import { alpineModel } from '../../support/cluster-models.ts';
import { serve } from '../../support/http-server.ts';
import { testHost } from '../../support/test-host.ts';
import type { TestHost } from '../../support/test-host.ts';

const ROUNDS = 8;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const CHILD = path.resolve(import.meta.dirname, '../../support/fetch-child.ts');

/** Sends a file in pieces with pauses, so that a kill can hit any moment of it. */
function slowly(bytes: Buffer, pieces: number): RequestListener {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = bytes.subarray(from);
    const step = Math.ceil(bytes.length / pieces);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    let sent = 0;
    const timer = setInterval(() => {
      response.write(rest.subarray(sent, (sent += step)));
      if (sent >= rest.length) response.end(() => clearInterval(timer));
    }, 15);
    response.on('close', () => clearInterval(timer));
  };
}

interface Setup {
  readonly host: TestHost;
  readonly lockFile: string;
  readonly url: string;
  readonly archFolder: string;
}

async function setUp(): Promise<Setup> {
  const host = testHost();
  const keys = testKeyPair();
  const packages = NAMES.map((name) => ({
    name,
    // Random content stays as large as it is when it is compressed.
    files: [{ path: name, content: randomBytes(60_000) }],
  }));
  const { folder } = writeRepository(path.join(host.folder, 'repo'), packages, keys);
  const lockFile = path.join(host.folder, 'vipiso.lock.json');
  await lockCluster(testHost(), {
    alpine: alpineModel([{ name: 'main', tag: undefined, bases: [folder] }], {
      keysFolder: writeKeysFolder(path.join(host.folder, 'keys'), keys),
    }),
    lockFile,
    requests: { image: NAMES },
    offline: true,
    allowUntrusted: false,
    allowOlder: false,
  });
  const { url } = await serve((request, response) => {
    const bytes = readFileSync(path.join(folder, request.url ?? ''));
    slowly(bytes, 20)(request, response);
  });
  return { host, lockFile, url, archFolder: path.join(folder, 'x86_64') };
}

async function startFetch({
  host,
  lockFile,
  url,
}: Setup): Promise<RunningTool & { lines: string[] }> {
  const lines: string[] = [];
  const tool = await startTool(host, {
    tool: process.execPath,
    args: ['--import', 'tsx', CHILD, lockFile, url, host.cacheFolder],
    cwd: path.dirname(CHILD),
    onLine: (line) => void lines.push(line),
  });
  return { ...tool, lines };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It was faster than the kill.
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

function tempFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.includes('.vipiso-tmp-'));
}

test('a fetch that is killed at any moment is completed by the next one', async () => {
  const setup = await setUp();
  for (let round = 0; round < ROUNDS; round += 1) {
    const child = await startFetch(setup);
    await expect.poll(() => child.lines, { timeout: 30_000 }).toContain('started');
    await sleep(Math.random() * 150);
    kill(child.pid);
    await child.exited;
  }
  const last = await startFetch(setup);
  expect(await last.exited).toMatchObject({ exitCode: 0 });
  expect(last.lines).toContain('done');
  expect(readdirSync(path.join(setup.host.cacheFolder, 'partial'))).toEqual([]);
  expect(tempFiles(setup.host.cacheFolder)).toEqual([]);
});

test('two fetches at once into one cache both succeed', async () => {
  const setup = await setUp();
  const both = [await startFetch(setup), await startFetch(setup)];
  for (const child of both) expect(await child.exited).toMatchObject({ exitCode: 0 });
  expect(both.map(({ lines }) => lines.at(-1))).toEqual(['done', 'done']);
  expect(readdirSync(path.join(setup.host.cacheFolder, 'partial'))).toEqual([]);
});
