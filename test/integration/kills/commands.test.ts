import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { testKeyPair } from '../../support/apk-builder.ts';
import { makeFetchSite } from '../../support/fetch-site.ts';
import type { FetchSite, ToolRun } from '../../support/fetch-site.ts';
import { makeToolPackage } from '../../support/tool-package.ts';

/** Runs that are killed before one may end. */
const IN_A_ROW = 4;

const toolRoot = mkdtempSync(path.join(os.tmpdir(), 'vipiso-tool-'));
afterAll(() => rmSync(toolRoot, { recursive: true, force: true }));
const tool = makeToolPackage(toolRoot);
const hook = pathToFileURL(path.resolve(import.meta.dirname, '../../support/die-at.mjs')).href;

/** Runs the tool; it ends by SIGKILL right behind its `dieAt`-th change of the file system. */
async function run(site: FetchSite, args: readonly string[], dieAt: number): Promise<ToolRun> {
  const count = path.join(site.host.folder, 'count');
  const env = { NODE_OPTIONS: `--import ${hook}`, DIE_AT: String(dieAt), DIE_COUNT: count };
  return await site.run(args, { env });
}

function changesOf(site: FetchSite): number {
  const lines = readFileSync(path.join(site.host.folder, 'count'), 'utf8').trim().split('\n');
  return Number(lines.at(-1));
}

/** What no finished run leaves: temporary files, leases, downloads that nobody goes on with. */
function leftBehind(site: FetchSite): readonly string[] {
  const own = path.relative(site.host.folder, site.host.cacheFolder);
  return (
    readdirSync(site.host.folder, { recursive: true, encoding: 'utf8' })
      // The cache that the test itself has made the site with, and uses as long as it runs.
      .filter((name) => !name.startsWith(`${own}/`))
      .filter((name) => name.includes('.vipiso-tmp-') || /\/(leases|partial)\//.test(name))
  );
}

describe.each([
  ['lock', ['lock'], ['vipiso.lock.json'], 12],
  ['fetch, from an empty cache', ['fetch'], [], 12],
  ['fetch --mirror', ['fetch', '--mirror', 'mirror'], ['mirror'], 12],
  ['render', ['render', '--out', 'rendered'], ['rendered'], 12],
  ['kit', ['kit', '--out', 'site.kit'], ['site.kit'], 6],
] as const)('%s', (_name, args, outputs, wanted) => {
  test('that is killed at any change of the file system leaves nothing that stays', async () => {
    const site = await makeFetchSite(tool, testKeyPair(), 100);
    const reset = (): void => {
      for (const name of outputs) {
        rmSync(path.join(site.host.folder, name), { recursive: true, force: true });
      }
      rmSync(site.cache, { recursive: true, force: true });
    };
    const whole = await run(site, args, 0);
    expect((await whole.exited).exitCode, whole.lines.join('\n')).toBe(0);
    const changes = changesOf(site);
    for (let kills = 0; kills < wanted;) {
      reset();
      for (let inARow = 0; inARow < IN_A_ROW; inARow += 1) {
        const dieAt = 1 + Math.floor(Math.random() * changes);
        const { exited, lines } = await run(site, args, dieAt);
        const end = await exited;
        // A later run has less to do than the first one: it may end before its time.
        if (end.signal === 'SIGKILL') kills += 1;
        else expect(end.exitCode, lines.join('\n')).toBe(0);
      }
      const last = await run(site, args, 0);
      expect((await last.exited).exitCode, last.lines.join('\n')).toBe(0);
      expect(leftBehind(site)).toEqual([]);
    }
  });
});
