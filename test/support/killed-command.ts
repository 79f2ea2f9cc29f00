import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { sha256 } from '../../scripts/core/digest.ts';
import type { FetchSite } from './http/fetch-site.ts';

/** Kills of each command, instead of the few that are enough for every day. */
export const KILLS = Number(process.env['VIPISO_TEST_KILLS'] ?? 0);
const USUAL = 2;
/** Of the places that are drawn: another one draws others. */
const SEED = Number(process.env['VIPISO_TEST_SEED'] ?? 1);
/** Runs that are killed before one may end. */
const IN_A_ROW = 4;
const HOOK = pathToFileURL(path.resolve(import.meta.dirname, 'host/die-at.mjs')).href;

/** Digests of all files of an output, by path relative to the site; empty for one that is not there. */
export type Content = Readonly<Record<string, string>>;

export interface KilledCommand {
  readonly args: readonly string[];
  /** What the command changes: files or folders, relative to the site. What lies there at the start is put back. */
  readonly outputs: readonly string[];
  /** What goes with each new start, relative to the site. */
  readonly forgets?: readonly string[];
  /** Checks what lies there; absent = all of the outputs as they were or as they are to be. */
  readonly check?: Check;
  /** Exit codes of a run after kills; absent = 0 alone. */
  readonly codes?: readonly number[];
  /** Kills where the environment names no number. */
  readonly usual?: number;
}

/** @param sets what lay there at the start, and what a run that nothing disturbed makes */
export type Check = (now: Content, sets: Sets, when: 'killed' | 'ended') => void;

export interface Sets {
  readonly before: Content;
  readonly right: Content;
}

/**
 * Kills a command behind random changes of the file system, and runs it again: what lies there is one set each time,
 * and nothing of a killed run stays.
 *
 * @returns the number of kills, and that of the changes that they were drawn from
 */
export async function killAndRunAgain(
  site: FetchSite,
  command: KilledCommand,
): Promise<{ readonly kills: number; readonly changes: number }> {
  const { folder } = site.host;
  const {
    args,
    outputs,
    forgets = ['other-cache'],
    check = oneSet,
    codes = [0],
    usual = USUAL,
  } = command;
  const at = (name: string): string => path.join(folder, name);
  const kept = `${folder}-before`;
  for (const name of outputs.filter((it) => existsSync(at(it))))
    cpSync(at(name), path.join(kept, name), { recursive: true });
  const reset = (): void => {
    for (const name of [...outputs, ...forgets]) rmSync(at(name), { recursive: true, force: true });
    if (existsSync(kept)) cpSync(kept, folder, { recursive: true });
    for (const name of forgets) mkdirSync(path.dirname(at(name)), { recursive: true });
  };
  const content = (): Content =>
    Object.fromEntries(outputs.flatMap((it) => Object.entries(contentOf(folder, it))));

  const before = content();
  reset();
  const whole = await run(site, args, 0);
  expect(whole.exitCode, whole.lines.join('\n')).toBe(0);
  const sets = { before, right: content() };
  const count = readFileSync(at('count'), 'utf8').trim().split('\n');
  const changes = Number(count.at(-1));
  expect(changes).toBeGreaterThan(0);

  const draw = randomFrom(SEED);
  let kills = 0;
  while (kills < (KILLS || usual)) {
    reset();
    for (let inARow = 0; inARow < Math.min(IN_A_ROW, KILLS || usual); inARow += 1) {
      const dieAt = 1 + Math.floor(draw() * changes);
      const { exitCode, signal, lines } = await run(site, args, dieAt);
      // A later run has less to do than the first one: it may end before its time.
      if (signal !== 'SIGKILL') expect(codes, lines.join('\n')).toContain(exitCode);
      else kills += 1;
      check(content(), sets, signal === 'SIGKILL' ? 'killed' : 'ended');
    }
    const last = await run(site, args, 0);
    expect(codes, last.lines.join('\n')).toContain(last.exitCode);
    check(content(), sets, 'ended');
    expect(leftBehind(site)).toEqual([]);
  }
  return { kills, changes };
}

function oneSet(now: Content, { before, right }: Sets, when: 'killed' | 'ended'): void {
  if (when === 'ended') expect(now).toEqual(right);
  else expect([before, right]).toContainEqual(now);
}

/** Runs the tool; it ends by SIGKILL right behind its `dieAt`-th change of the file system. */
async function run(
  site: FetchSite,
  args: readonly string[],
  dieAt: number,
): Promise<{ exitCode: number | undefined; signal: string | undefined; lines: readonly string[] }> {
  const count = path.join(site.host.folder, 'count');
  const env = { NODE_OPTIONS: `--import ${HOOK}`, DIE_AT: String(dieAt), DIE_COUNT: count };
  const { exited, lines } = await site.run(args, { env });
  const { exitCode, signal } = await exited;
  return { exitCode, signal, lines };
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

function contentOf(folder: string, output: string): Content {
  const place = path.join(folder, output);
  if (!existsSync(place)) return {};
  if (statSync(place).isFile()) return { [output]: sha256(readFileSync(place)) };
  const names = readdirSync(place, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names
      .map((name) => path.join(output, name))
      // What is being written is nobody's yet.
      .filter((name) => !name.includes('.vipiso-tmp-'))
      .filter((name) => lstatSync(path.join(folder, name)).isFile())
      .map((name) => [name, sha256(readFileSync(path.join(folder, name)))]),
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
