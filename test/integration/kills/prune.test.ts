import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { makeToolPackage } from '../../support/host/tool-package.ts';
import { makeFetchSite, REPOSITORY } from '../../support/http/fetch-site.ts';
import type { FetchSite, ToolRun } from '../../support/http/fetch-site.ts';
import { serve } from '../../support/http/http-server.ts';

const toolRoot = mkdtempSync(path.join(os.tmpdir(), 'vipiso-tool-'));
afterAll(() => rmSync(toolRoot, { recursive: true, force: true }));
const tool = makeToolPackage(toolRoot);

/** A fetch that has taken some packages and waits for another, which comes when `release` says so. */
async function busySite(): Promise<{ site: FetchSite; run: ToolRun; release: () => void }> {
  const site = await makeFetchSite(tool, testKeyPair(), 1000);
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let served = 0;
  const { url } = await serve((request, response) => {
    const bytes = readFileSync(path.join(site.packages, request.url ?? ''));
    served += 1;
    if (served < 6) response.end(bytes);
    else void released.then(() => response.end(bytes));
  });
  const run = await site.run(['fetch', '--repository', `${url}/${REPOSITORY}`]);
  await expect.poll(() => served, { timeout: 60_000 }).toBeGreaterThanOrEqual(6);
  return { site, run, release };
}

const storeOf = ({ cache }: FetchSite): string[] =>
  readdirSync(path.join(cache, 'sha256'), { recursive: true, encoding: 'utf8' });

async function prune(site: FetchSite): Promise<ToolRun & { exitCode: number | undefined }> {
  const run = await site.run(['cache', '--prune', '--unused', '0']);
  return { ...run, exitCode: (await run.exited).exitCode };
}

test('a prune beside a run that uses the cache takes nothing from it', async () => {
  const { site, run, release } = await busySite();
  const refused = await prune(site);
  expect(refused.exitCode).toBe(5);
  expect(refused.lines.join('\n')).toContain(`another run is using the cache (process ${run.pid})`);
  const before = storeOf(site);
  release();
  expect(await run.exited, run.lines.join('\n')).toMatchObject({ exitCode: 0 });
  expect(storeOf(site)).toEqual(expect.arrayContaining(before));
  const allowed = await prune(site);
  expect(allowed.exitCode, allowed.lines.join('\n')).toBe(0);
  expect(readdirSync(path.join(site.cache, 'leases'))).toEqual([]);
  expect(storeOf(site).filter((name) => name.includes('/'))).toEqual([]);
});

test('a run that was killed is in nobody’s way', async () => {
  const { site, run, release } = await busySite();
  process.kill(run.pid, 'SIGKILL');
  await run.exited;
  release();
  const allowed = await prune(site);
  expect(allowed.exitCode, allowed.lines.join('\n')).toBe(0);
  expect(readdirSync(path.join(site.cache, 'leases'))).toEqual([]);
});
