import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { isFile } from '../../host/fs/is-there.ts';
import type { Host } from '../../host/host.ts';
import { runTool } from '../../host/process/run.ts';
import type { ControlPlaneProof } from '../certificate/document.ts';

/** Absolute paths. */
export interface KubernetesPrograms {
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string | undefined;
}

/**
 * The programs of a folder: `etcd` and `kube-apiserver`, and `kubectl` where it is there, as in Kubernetes' own test
 * assets.
 *
 * @throws VipisoError not-found
 */
export async function findPrograms(folder: string): Promise<KubernetesPrograms> {
  const [etcd, apiServer, kubectl] = ['etcd', 'kube-apiserver', 'kubectl'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  const missing: string[] = [];
  for (const file of [etcd, apiServer]) if (!(await isFile(file))) missing.push(file);
  if (missing.length > 0) {
    throw new VipisoError('not-found', `there is no ${missing.join(' and no ')}`, {
      hint: 'Name a folder with the programs etcd and kube-apiserver, of the version that the cluster runs: --control-plane DIR',
    });
  }
  return { etcd, apiServer, kubectl: (await isFile(kubectl)) ? kubectl : undefined };
}

/** What the programs say of themselves. @throws VipisoError tool-failed: one of them does not run here */
export async function versionsOf(
  host: Host,
  { etcd, apiServer, kubectl }: KubernetesPrograms,
): Promise<ControlPlaneProof['versions']> {
  const firstLine = async (tool: string, args: readonly string[]): Promise<string> =>
    (await runTool(host, { tool, args, timeoutMs: 60_000 })).stdout.trim().split('\n')[0] ?? '';
  return {
    apiServer: (await firstLine(apiServer, ['--version'])).replace('Kubernetes ', ''),
    etcd: (await firstLine(etcd, ['--version'])).replace('etcd Version: ', ''),
    ...(kubectl !== undefined && {
      kubectl: (await firstLine(kubectl, ['version', '--client'])).replace(
        /^.*?(v\d+\.\d+\.\d+[^"\s]*).*$/,
        '$1',
      ),
    }),
  };
}
