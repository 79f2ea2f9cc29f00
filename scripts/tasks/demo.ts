/**
 * `npm run demo`: the whole product once, for real. Makes the lab repository, writes a cluster file, builds both ISOs
 * with the tool's own command line, boots them on an isolated LAN, and pulls the plug of the MASTER. It ends with exit
 * code 0 only if everything was as promised.
 */
import path from 'node:path';
import { chooseReporter } from '../cli/reporter/reporter.ts';
import type { Reporter } from '../cli/reporter/reporter.ts';
import { formatError } from '../cli/format-error.ts';
import { exitCodeOf } from '../core/errors.ts';
import { nodeHost } from '../host/node-host.ts';
import { buildLab } from '../lab/build-lab.ts';
import { loadCluster } from '../workflows/load-cluster.ts';
import { buildImages, writeClusterFile } from './demo/images.ts';
import { bootAndBreak } from './demo/failover.ts';
import { summarise } from './demo/summary.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interruption.abort());

const streams = { stdout: process.stdout, stderr: process.stderr, now: Date.now };
const freshReporter = (): Reporter =>
  chooseReporter(streams, { json: false, ci: process.env['CI'] !== undefined });
let reporter = freshReporter();
const ours = nodeHost({ report: (event) => reporter.report(event), signal: interruption.signal });
// Emulation is slower than KVM, and works on every machine that someone tries the demo on.
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
  await writeClusterFile(host, clusterFile, labFolder);
  // The command line draws on the terminal by itself.
  reporter.close();
  await buildImages(host, clusterFile, folder);
  reporter = freshReporter();
  const { cluster } = await loadCluster(host, clusterFile, { colour: false });
  const failover = await bootAndBreak(host, cluster, folder);
  reporter.close();
  process.stdout.write(summarise({ cluster, failover, folder, cwd: host.cwd }));
} catch (error) {
  reporter.close();
  process.stderr.write(`${formatError(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
