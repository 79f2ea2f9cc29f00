/**
 * The lab: a stand-in distribution for places where no Alpine mirror is in reach, used by the demo and the tests.
 *
 * What it is: an Alpine repository in format and layout (packages with Alpine's names and dependencies, a signed
 * index, a key of its own), whose programs come from Debian's newer suites. It has just what a load balancer image
 * needs: kernel, boot loaders, OpenRC, haproxy, keepalived and what goes with them. vipiso treats it like any other repository
 * (`--repository DIR/repo --keys DIR/keys`) and has no branch for it.
 *
 * What it is not: Alpine. The C library is glibc under musl's name; service scripts, mkinitfs, the initramfs's
 * init and the `apk` in it are small stand-ins with the interfaces of the real ones, made for tests. The stand-in
 * apk cannot verify signatures. Never build a production image from it.
 *
 *   npm run lab -- [--out DIR] [--downloads DIR] [--refresh] [--other]
 *
 * `--other` makes one of other versions (haproxy, keepalived, kernel): two releases for a rollout.
 *
 * It needs an amd64 Debian (12 or newer) with apt and a mirror, and no root; the host's own sources and lists stay as
 * they are. A lab that is there is left alone until its recipes change or `--refresh` asks for newer packages.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { VipisoError, exitCodeOf } from '../../scripts/core/errors.ts';
import type { ProgressEvent } from '../../scripts/core/events.ts';
import { nodeHost } from '../../scripts/host/node-host.ts';
import { buildLab } from './build-lab.ts';

const started = Date.now();

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function report(event: ProgressEvent): void {
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (event.type === 'step-start') say(`lab: ${event.title} ...`);
  else if (event.type === 'step-end')
    say(`lab: ${event.outcome} ${event.summary ?? ''} (${seconds} s)`);
  else if (event.type === 'note') say(`lab: ${event.level}: ${event.text}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: 'out/lab' },
      downloads: { type: 'string', default: 'out/lab-downloads' },
      refresh: { type: 'boolean', default: false },
      other: { type: 'boolean', default: false },
    },
  });
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interrupt.abort());
  const host = nodeHost({ report, signal: interrupt.signal });
  const lab = await buildLab(host, {
    out: path.resolve(host.cwd, values.out),
    downloads: path.resolve(host.cwd, values.downloads),
    refresh: values.refresh,
    mix: values.other ? 'other' : 'today',
  });
  say(`lab: ${lab.outcome}: --repository ${lab.repository} --keys ${lab.keys}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof VipisoError)) throw error;
  for (const line of [error.message, ...error.details, error.hint ?? ''])
    if (line !== '') say(line);
  process.exitCode = exitCodeOf(error);
}
