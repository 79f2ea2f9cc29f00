import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { sha256 } from '../../../scripts/core/digest.ts';
import { isErrno } from '../../../scripts/host/fs/errno.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { makeToolPackage } from '../../support/host/tool-package.ts';
import { makeFetchSite, REPOSITORY } from '../../support/http/fetch-site.ts';
import type { FetchSite, ToolRun } from '../../support/http/fetch-site.ts';
import { serve } from '../../support/http/http-server.ts';

const KILLS = 50;
const KILLS_IN_A_ROW = 5;
const PACKAGE_BYTES = 12_000;
const PIECES = 6;

const toolRoot = mkdtempSync(path.join(os.tmpdir(), 'vipiso-tool-'));
afterAll(() => rmSync(toolRoot, { recursive: true, force: true }));
const tool = makeToolPackage(toolRoot);

/** Sends a file in pieces with pauses, so that a kill can hit any moment of it. */
function slowly(bytes: Buffer): RequestListener {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = bytes.subarray(from);
    const step = Math.ceil(bytes.length / PIECES);
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

interface Served extends FetchSite {
  readonly fetch: () => Promise<ToolRun>;
}

async function servedSite(): Promise<Served> {
  const site = await makeFetchSite(tool, testKeyPair(), PACKAGE_BYTES);
  const { url } = await serve((request, response) => {
    slowly(readFileSync(path.join(site.packages, request.url ?? '')))(request, response);
  });
  const args = ['fetch', '--json', '--repository', `${url}/${REPOSITORY}`];
  return { ...site, fetch: () => site.run(args) };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It was faster than the kill.
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

const isFetching = ({ lines }: ToolRun): boolean => lines.some((it) => it.includes('"fetch"'));

/** How long the transfers take when nobody disturbs them: the span from which moments are drawn. */
async function undisturbed({ fetch }: Served): Promise<number> {
  const run = await fetch();
  await expect.poll(() => isFetching(run), { timeout: 30_000, interval: 2 }).toBe(true);
  const start = performance.now();
  expect(await run.exited).toMatchObject({ exitCode: 0 });
  return performance.now() - start;
}

/** Nothing half done is left, and every file of the store is what its name says. */
function expectWhole({ cache }: Served): void {
  expect(readdirSync(path.join(cache, 'partial'))).toEqual([]);
  const files = readdirSync(cache, { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => name.includes('.vipiso-tmp-'))).toEqual([]);
  const store = path.join(cache, 'sha256');
  const entries = readdirSync(store, { recursive: true, encoding: 'utf8' });
  for (const entry of entries.filter((name) => statSync(path.join(store, name)).isFile())) {
    expect(sha256(readFileSync(path.join(store, entry)))).toBe(entry.replace('/', ''));
  }
}

/** Kills run after run at random moments, and lets one live after a few. */
async function killOften(site: Served, kills: number, span: number): Promise<void> {
  for (let killed = 0, inARow = 0; killed < kills;) {
    const run = await site.fetch();
    if (inARow < KILLS_IN_A_ROW) {
      await expect.poll(() => isFetching(run), { timeout: 30_000, interval: 2 }).toBe(true);
      await sleep(Math.random() * span);
      kill(run.pid);
    }
    const end = await run.exited;
    if (end.signal === 'SIGKILL') {
      killed += 1;
      inARow += 1;
      continue;
    }
    expect(end, run.lines.join('\n')).toMatchObject({ exitCode: 0 });
    expectWhole(site);
    rmSync(site.cache, { recursive: true });
    inARow = 0;
  }
}

test('a fetch that is killed at any of 50 moments is completed by the next one', async () => {
  const sites = [await servedSite(), await servedSite()];
  const spans = await Promise.all(sites.map(undisturbed));
  const kills = KILLS / sites.length;
  await Promise.all(sites.map((site, index) => killOften(site, kills, spans[index] ?? 0)));
  for (const site of sites) {
    expect(await (await site.fetch()).exited).toMatchObject({ exitCode: 0 });
    expectWhole(site);
  }
});

test('two fetches at once into one cache both succeed', async () => {
  const site = await servedSite();
  const both = [await site.fetch(), await site.fetch()];
  for (const run of both) {
    expect(await run.exited, run.lines.join('\n')).toMatchObject({ exitCode: 0 });
  }
  expectWhole(site);
});
