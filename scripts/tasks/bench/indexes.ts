import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { writeIndexArchive } from '../../apk/index-archive.ts';
import { generateKeyPair } from '../../apk/keys.ts';
import { generatedRecords, REQUEST } from './generated-index.ts';
import { measure } from './measure.ts';
import type { Row } from './table.ts';

/** Where indexes to measure with are: repository folders, and the keys that sign them. */
export interface IndexSource {
  readonly title: string;
  readonly repositories: readonly string[];
  readonly keys: string;
}

const RUNS = 7;
const ARCH = 'x86_64';

/**
 * vipiso may take twice as long as the C apk the first time, and as long as apk once the parsed index is cached. Where
 * no apk is named, gunzip stands for it: apk 2.14 took 8.7 times what gunzip alone took on Alpine's two indexes.
 */
const APK_TIMES_GUNZIP = 8.7;

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
async function apkRow(source: IndexSource, scratch: string): Promise<Row | undefined> {
  const apk = process.env['VIPISO_BENCH_APK'];
  if (apk === undefined) return undefined;
  const root = path.join(scratch, 'apk-root');
  await mkdir(root);
  const common = ['--root', root, '--keys-dir', source.keys];
  await measure({ argv: [apk, 'add', '--initdb', ...common, '--arch', ARCH] }, 1);
  const repositories = source.repositories.flatMap((folder) => ['-X', folder]);
  const argv = [apk, 'add', '--simulate', ...common, ...repositories, ...REQUEST];
  return { what: 'apk add --simulate', cost: await measure({ argv }, RUNS) };
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
  const cache = path.join(scratch, 'index-cache');
  const solve = {
    argv: [
      ...[process.execPath, tool, 'solve', ...REQUEST, '--keys', source.keys, '--json'],
      ...source.repositories.flatMap((folder) => ['--repository', folder]),
    ],
    env: { XDG_CACHE_HOME: cache },
  };
  const gunzip: Row = {
    what: 'gunzip',
    cost: await measure({ argv: ['gzip', '-dc', ...files] }, RUNS),
    bytes,
  };
  const apk = await apkRow(source, scratch);
  const asApk = (times: number): Row['limit'] =>
    apk === undefined ? { times: times * APK_TIMES_GUNZIP, of: gunzip } : { times, of: apk };
  const forget = (): Promise<void> => rm(cache, { recursive: true, force: true });
  const first = await measure(solve, RUNS, forget);
  const cached = await measure(solve, RUNS);
  return [
    gunzip,
    ...(apk === undefined ? [] : [apk]),
    { what: 'vipiso solve, first time', cost: first, bytes, limit: asApk(2) },
    { what: 'vipiso solve, index cached', cost: cached, bytes, limit: asApk(1) },
    {
      what: 'of it parsing (difference)',
      cost: { milliseconds: first.milliseconds - cached.milliseconds, peakBytes: 0 },
      bytes,
      limit: { times: APK_TIMES_GUNZIP, of: gunzip },
    },
    {
      what: 'vipiso --version',
      cost: await measure({ argv: [process.execPath, tool, '--version'] }, RUNS),
    },
  ];
}
