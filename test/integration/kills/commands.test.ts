import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../scripts/core/digest.ts';
import { testKeyPair } from '../../support/apk-builder.ts';
import { makeFetchSite } from '../../support/fetch-site.ts';
import type { FetchSite, ToolRun } from '../../support/fetch-site.ts';
import { makeToolPackage } from '../../support/tool-package.ts';

/** Runs that are killed before one may end. */
const IN_A_ROW = 4;
/** Kills of each command, in the place of the few that are enough for every day. */
const KILLS = Number(process.env['VIPISO_TEST_KILLS'] ?? 0);
/** Of the places that are drawn: another one draws others. */
const SEED = Number(process.env['VIPISO_TEST_SEED'] ?? 1);

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

/** Digests of all files below an output, or of the one that it is. */
function contentOf(site: FetchSite, output: string): Record<string, string> {
  const place = path.join(site.host.folder, output);
  if (statSync(place).isFile()) return { [output]: sha256(readFileSync(place)) };
  const names = readdirSync(place, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names
      .map((name) => [name, path.join(place, name)] as const)
      .filter(([, file]) => lstatSync(file).isFile())
      .map(([name, file]) => [name, sha256(readFileSync(file))]),
  );
}

/** Mulberry32: numbers from 0 to 1 that are the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Killed {
  readonly args: readonly string[];
  /** What the command makes: the same each time. */
  readonly outputs: readonly string[];
  readonly prepare?: (site: FetchSite) => Promise<void>;
  readonly kills: number;
}

const LOCK = 'vipiso.lock.json';

async function packKit(site: FetchSite): Promise<void> {
  const packed = await run(site, ['kit', '--out', 'site.kit'], 0);
  expect((await packed.exited).exitCode, packed.lines.join('\n')).toBe(0);
}

const COMMANDS: readonly (readonly [string, Killed])[] = [
  ['lock', { args: ['lock'], outputs: [LOCK], kills: 8 }],
  ['fetch, from an empty cache', { args: ['fetch'], outputs: [], kills: 8 }],
  ['fetch --mirror', { args: ['fetch', '--mirror', 'mirror'], outputs: ['mirror'], kills: 8 }],
  ['render', { args: ['render', '--out', 'rendered'], outputs: ['rendered'], kills: 8 }],
  ['kit', { args: ['kit', '--out', 'site.kit'], outputs: ['site.kit'], kills: 4 }],
  [
    'kit --unpack',
    {
      args: ['kit', '--unpack', 'site.kit', '--into', 'unpacked'],
      ...{ outputs: ['unpacked'], prepare: packKit, kills: 4 },
    },
  ],
];

describe.each(COMMANDS)('%s', (_name, { args, outputs, prepare, kills: usual }) => {
  test('that is killed at any change of the file system leaves nothing that stays', async () => {
    const wanted = KILLS || usual;
    const draw = randomFrom(SEED);
    const site = await makeFetchSite(tool, testKeyPair(), 100);
    await prepare?.(site);
    const reset = (): void => {
      for (const name of outputs) {
        rmSync(path.join(site.host.folder, name), { recursive: true, force: true });
      }
      rmSync(site.cache, { recursive: true, force: true });
    };
    const whole = await run(site, args, 0);
    expect((await whole.exited).exitCode, whole.lines.join('\n')).toBe(0);
    const changes = changesOf(site);
    const right = outputs.map((name) => contentOf(site, name));
    for (let kills = 0; kills < wanted;) {
      reset();
      for (let inARow = 0; inARow < IN_A_ROW; inARow += 1) {
        const dieAt = 1 + Math.floor(draw() * changes);
        const { exited, lines } = await run(site, args, dieAt);
        const end = await exited;
        // A later run has less to do than the first one: it may end before its time.
        if (end.signal === 'SIGKILL') kills += 1;
        else expect(end.exitCode, lines.join('\n')).toBe(0);
      }
      const last = await run(site, args, 0);
      expect((await last.exited).exitCode, last.lines.join('\n')).toBe(0);
      expect(leftBehind(site)).toEqual([]);
      expect(outputs.map((name) => contentOf(site, name))).toEqual(right);
    }
  });
});
