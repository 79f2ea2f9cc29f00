/**
 * `npm run prove`: makes the demo's pair if it is not there, brings it up to date, and breaks it by the quick set of
 * faults. Arguments go to `vipiso prove`: `npm run prove -- --set full`. Exit code 0 only if every verdict is a pass.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { formatError } from '../cli/format-error.ts';
import { chooseReporter } from '../cli/reporter/reporter.ts';
import { exitCodeOf } from '../core/errors.ts';
import { nodeHost } from '../host/node-host.ts';
import { buildLab } from '../lab/build-lab.ts';
import { buildImages, runVipiso, writeClusterFile } from './demo/images.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interruption.abort());

const streams = { stdout: process.stdout, stderr: process.stderr, now: Date.now };
const reporter = chooseReporter(streams, { json: false, ci: process.env['CI'] !== undefined });
const ours = nodeHost({ report: reporter.report, signal: interruption.signal });
// Emulation is slower than KVM, works everywhere, and gives figures that compare.
const host = { ...ours, env: { VIPISO_ACCELERATOR: 'tcg', ...ours.env } };
const folder = path.join(host.packageRoot, 'out', 'demo');
const labFolder = path.join(host.packageRoot, 'out', 'lab');
const clusterFile = path.join(folder, 'cluster.yaml');

try {
  await buildLab(host, {
    out: labFolder,
    downloads: path.join(host.packageRoot, 'out', 'lab-downloads'),
    refresh: false,
  });
  reporter.close();
  // The lab may have newer packages since the lock was made.
  await rm(path.join(folder, 'vipiso.lock.json'), { force: true });
  if (!existsSync(clusterFile)) await writeClusterFile(host, clusterFile, labFolder);
  await buildImages(host, clusterFile, folder);
  process.exitCode = await runVipiso(host, ['prove', folder, ...process.argv.slice(2)]);
} catch (error) {
  reporter.close();
  process.stderr.write(`${formatError(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
