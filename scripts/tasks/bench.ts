/**
 * `npm run bench [-- FOLDER]`: what the package world costs, each figure beside a yardstick that everybody has, and
 * whether it keeps its limit. FOLDER holds Alpine's `main` and `community`, with the keys in `../keys`; without it an
 * index of the same size is generated. Package figures need the lab (`npm run lab`). Exit code 1 when a limit is broken.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { $ } from 'zx';
import { nodeHost } from '../host/node-host.ts';
import { benchIndexes, indexSource } from './bench/indexes.ts';
import { benchPackages } from './bench/packages.ts';
import { formatTable, isWithin } from './bench/table.ts';

const host = nodeHost({ report: () => undefined, signal: new AbortController().signal });
const tool = path.join(host.packageRoot, 'out', 'tool', 'vipiso.js');
const lab = path.join(host.packageRoot, 'out', 'lab');
const shared = path.resolve(host.packageRoot, '..', 'shared', 'alpine-3.19');
const folder = process.argv[2] ?? (existsSync(shared) ? shared : undefined);

// What is measured is the tool as users run it, made from the sources as they are now.
await $({ quiet: true })`npm run --silent build`;
const scratch = await mkdtemp(path.join(os.tmpdir(), 'vipiso-bench-'));
try {
  const source = await indexSource(folder, scratch);
  const indexes = await benchIndexes(source, tool, scratch);
  console.log(formatTable(`${source.title}: read, verify, solve`, indexes));
  const packages = await benchPackages(host, lab, tool, scratch);
  console.log(
    packages.length > 0
      ? formatTable('The lab’s packages: choose, verify, store', packages)
      : 'No lab in out/lab, no figures for packages: npm run lab makes one.',
  );
  process.exitCode = [...indexes, ...packages].every(isWithin) ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
