import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { writeIndexArchive } from '../../apk/index/index-archive.ts';
import { generateKeyPair } from '../../apk/trust/keys.ts';
import { generatedRecords, REQUEST } from './generated-index.ts';
import { Contender, runInTurn } from './measure.ts';
import type { Command } from './measure.ts';
import type { Row } from './table.ts';

/** Where indexes to measure with are: repository folders, and the keys that sign them. */
export interface IndexSource {
  readonly title: string;
  readonly repositories: readonly string[];
  readonly keys: string;
}

const ROUNDS = 11;
const ARCH = 'x86_64';

/**
 * Where no apk is named, gunzip stands for it, with what both took side by side: `apk add --simulate` of apk-tools
 * 2.14.0-r5 365 ms and `gzip -dc` of gzip 1.12 45 ms of processor time on Alpine 3.19's two indexes, least of 15 runs in
 * turn. It is a rough measure, for inflating and solving do not grow alike from one processor to another.
 */
const APK_TIMES_GUNZIP = 365 / 45;

/** The same run's peak memory: what is held against it where no apk is named. */
const APK_PEAK_BYTES = 40e6;
/** Of apk's peak memory; Node without anything to do takes as much as apk with all its work. */
const PEAK_TIMES_APK = 2;

/** Real indexes in the given folder (`main`, `community` and `../keys`), else generated ones of that size. */
export async function indexSource(
  folder: string | undefined,
  scratch: string,
): Promise<IndexSource> {
  if (folder === undefined || !existsSync(folder)) return await generated(scratch);
  return {
    title: 'Alpine’s indexes',
    repositories: ['main', 'community'].map((name) => path.join(folder, name)),
    keys: path.join(folder, '..', 'keys'),
  };
}

async function generated(scratch: string): Promise<IndexSource> {
  const repository = path.join(scratch, 'generated');
  const keys = path.join(scratch, 'keys');
  const { signing, publicKey } = generateKeyPair('bench', 2048);
  await mkdir(path.join(repository, ARCH), { recursive: true });
  await mkdir(keys, { recursive: true });
  await writeFile(path.join(keys, publicKey.name), publicKey.pem);
  const archive = writeIndexArchive({
    records: generatedRecords(),
    description: 'bench',
    epoch: 0,
    key: signing,
  });
  await writeFile(path.join(repository, ARCH, 'APKINDEX.tar.gz'), archive);
  return { title: 'A generated index', repositories: [repository], keys };
}

/** The same request put to the apk that VIPISO_BENCH_APK names; nothing without one. */
async function apkCommand(source: IndexSource, scratch: string): Promise<Command | undefined> {
  const apk = process.env['VIPISO_BENCH_APK'];
  if (apk === undefined) return undefined;
  const root = path.join(scratch, 'apk-root');
  await mkdir(root);
  const common = ['--root', root, '--keys-dir', source.keys];
  await new Contender({ argv: [apk, 'add', '--initdb', ...common, '--arch', ARCH] }).run();
  const repositories = source.repositories.flatMap((folder) => ['-X', folder]);
  return { argv: [apk, 'add', '--simulate', ...common, ...repositories, ...REQUEST] };
}

/** Reading and solving by the compiled tool, against gunzip of the same files. */
export async function benchIndexes(
  source: IndexSource,
  tool: string,
  scratch: string,
): Promise<readonly Row[]> {
  const files = source.repositories.map((folder) => path.join(folder, ARCH, 'APKINDEX.tar.gz'));
  const archives = await Promise.all(files.map((file) => readFile(file)));
  const bytes = archives.reduce((sum, archive) => sum + gunzipSync(archive).length, 0);
  const solve = (cache: string): Command => ({
    argv: [
      ...[process.execPath, tool, 'solve', ...REQUEST, '--keys', source.keys, '--json'],
      ...source.repositories.flatMap((folder) => ['--repository', folder]),
    ],
    env: { XDG_CACHE_HOME: path.join(scratch, cache) },
  });
  const forget = (): Promise<void> =>
    rm(path.join(scratch, 'forgotten'), { recursive: true, force: true });
  const gunzip = new Contender({ argv: ['gzip', '-dc', ...files] });
  const first = new Contender(solve('forgotten'), forget);
  const cached = new Contender(solve('kept'));
  const version = new Contender({ argv: [process.execPath, tool, '--version'] });
  const node = new Contender({ argv: [process.execPath, '-e', '0'] });
  await new Contender(solve('kept')).run();
  const command = await apkCommand(source, scratch);
  const apk = command && new Contender(command);
  const contenders = [gunzip, first, cached, version, node];
  await runInTurn(apk === undefined ? contenders : [...contenders, apk], ROUNDS);

  const inflated: Row = { what: 'gunzip', cost: gunzip.cost, bytes };
  const real: Row | undefined = apk && { what: 'apk add --simulate', cost: apk.cost };
  const asApk = (times: number): Row['limit'] =>
    real === undefined ? { times: times * APK_TIMES_GUNZIP, of: inflated } : { times, of: real };
  const peakLimit = PEAK_TIMES_APK * (real?.cost.peakBytes ?? APK_PEAK_BYTES);
  const parsing = first.cost.milliseconds - cached.cost.milliseconds;
  return [
    inflated,
    ...(real === undefined ? [] : [real]),
    { what: 'vipiso solve, first time', cost: first.cost, bytes, limit: asApk(2), peakLimit },
    { what: 'vipiso solve, index cached', cost: cached.cost, bytes, limit: asApk(1), peakLimit },
    {
      what: 'of it parsing (difference)',
      cost: { milliseconds: parsing, peakBytes: 0 },
      bytes,
      limit: asApk(1),
    },
    { what: 'vipiso --version', cost: version.cost },
    { what: 'node -e 0', cost: node.cost },
  ];
}
