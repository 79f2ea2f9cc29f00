/**
 * `npm run oci`: the tool's own OCI image, made of Alpine packages without a daemon and without root.
 *
 *   npm run oci -- [--out FILE] [--boot] [--branch v3.24] [--arch x86_64] [--repository PLACE ...] [--keys DIR] [--offline]
 *
 * The packages are locked in FILE.lock.json: as long as that fits, the same tool gives the same image. `--boot` adds
 * QEMU, for `vipiso boot` and `vipiso prove`. Load it with `podman load -i FILE`, or push it with
 * `skopeo copy oci-archive:FILE docker://REGISTRY/NAME`.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { formatError } from '../cli/format-error.ts';
import { plainReporter } from '../cli/reporter/plain.ts';
import { alpineRepositories, DEFAULT_BRANCH } from '../cluster/resolve/alpine.ts';
import { exitCodeOf } from '../core/errors.ts';
import { nodeHost } from '../host/node-host.ts';
import { repositoriesFromFlags } from '../packages/repository-flags.ts';
import { openSources } from '../packages/sources.ts';
import { bundleTool } from './build/bundle.ts';
import { makeImage } from './oci/make-image.ts';
import { imagePackages } from './oci/packages.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'out/vipiso-oci.tar' },
    boot: { type: 'boolean', default: false },
    branch: { type: 'string', default: DEFAULT_BRANCH },
    arch: { type: 'string', default: 'x86_64' },
    repository: { type: 'string', multiple: true, default: [] },
    keys: { type: 'string' },
    offline: { type: 'boolean', default: false },
  },
});

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interruption.abort());
// Modes of folders that no package has must not be the caller's.
process.umask(0o022);
const { report } = plainReporter({
  stdout: process.stdout,
  stderr: process.stderr,
  now: Date.now,
});
const host = nodeHost({ report, signal: interruption.signal });
const at = (file: string): string => path.resolve(host.cwd, file);
const { arch, branch } = values;
try {
  bundleTool(host.packageRoot, path.join(host.packageRoot, 'out', 'tool'));
  const out = at(values.out);
  await mkdir(path.dirname(out), { recursive: true });
  const alpine = { branch, arch, keysFolder: undefined, repositories: alpineRepositories(branch) };
  await using sources = openSources(
    host,
    { alpine },
    {
      repositories: repositoriesFromFlags(host, values.repository),
      keysFolder: values.keys === undefined ? undefined : at(values.keys),
      offline: values.offline,
    },
  );
  const { digest, tag } = await makeImage(sources, {
    ...{ out, lockFile: `${out}.lock.json`, packages: imagePackages(values.boot) },
    tool: host.packageRoot,
  });
  process.stdout.write(`${values.out}: vipiso:${tag} ${digest}\n`);
} catch (error) {
  process.stderr.write(`${formatError(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
