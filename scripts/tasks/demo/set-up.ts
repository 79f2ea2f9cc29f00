import path from 'node:path';
import { buildLab } from '../../../test/lab/build-lab.ts';
import { formatError } from '../../cli/format-error.ts';
import { chooseReporter, loadBars } from '../../cli/reporter/reporter.ts';
import { exitCodeOf } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { nodeHost } from '../../host/node-host.ts';

/** Where the demo and the proof of its pair take place. */
export interface DemoSetup {
  readonly host: Host;
  /** Absolute paths: the folder of cluster file and images, the cluster file, the lab repository. */
  readonly folder: string;
  readonly clusterFile: string;
  readonly labFolder: string;
  /** Stops drawing until the next event: the compiled tool draws on the terminal by itself. */
  readonly pauseReporter: () => void;
}

/** Runs `run` after the lab repository was made, and ends with the exit code of what it throws. */
export async function withDemoSetup(run: (setup: DemoSetup) => Promise<void>): Promise<void> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interruption.abort());
  const streams = { stdout: process.stdout, stderr: process.stderr, now: Date.now };
  const bars = await loadBars(process.stderr, process.env);
  const open = () => chooseReporter(streams, { json: false, bars });
  let reporter: ReturnType<typeof open> | undefined;
  const pauseReporter = (): void => {
    reporter?.close();
    reporter = undefined;
  };
  const ours = nodeHost({
    report: (event) => (reporter ??= open()).report(event),
    signal: interruption.signal,
  });
  // Emulation is slower than KVM, works on every machine, and gives figures that compare.
  const host = { ...ours, env: { VIPISO_ACCELERATOR: 'tcg', ...ours.env } };
  const out = path.join(host.packageRoot, 'out');
  const folder = path.join(out, 'demo');
  const labFolder = path.join(out, 'lab');
  const clusterFile = path.join(folder, 'cluster.yaml');
  try {
    const downloads = path.join(out, 'lab-downloads');
    await buildLab(host, { out: labFolder, downloads, refresh: false });
    await run({ host, folder, clusterFile, labFolder, pauseReporter });
    pauseReporter();
  } catch (error) {
    pauseReporter();
    process.stderr.write(`${formatError(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
