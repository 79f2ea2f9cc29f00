import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { requireTools } from '../../host/tools/find-tool.ts';
import { toolsFor } from '../../host/tools/tool-packages.ts';
import { loadCluster } from '../../inputs/load-cluster.ts';
import type { ProveResult } from '../../prove/certificate/write.ts';
import { describeImages } from '../../prove/subject.ts';
import { runUpgrade } from '../../prove/upgrade/run-upgrade.ts';
import { certifyPart } from './certify-part.ts';
import { certificateFolder, placesOf } from './prove.ts';

export interface ProveUpgradeRequest {
  /** Folders of images, as the user gave them. */
  readonly from: string;
  readonly to: string;
  /** The cluster file, where it is not beside the new images. */
  readonly clusterFile?: string | undefined;
  readonly repeat: number;
  readonly forwardOnly: boolean;
  readonly version: string;
}

/**
 * Boots the old release, rolls the new one out over it and back while clients ask, and writes what they saw into the
 * certificate beside the new images, whose other parts stay where they are of the same images.
 *
 * @throws VipisoError usage, not-found, digest-mismatch, tool-missing, sandbox, cluster-invalid, interrupted
 */
export async function proveUpgrade(host: Host, request: ProveUpgradeRequest): Promise<ProveResult> {
  requireTools(host, toolsFor('boot'));
  const { clusterFile, folder } = await placesOf(host, {
    what: request.to,
    clusterFile: request.clusterFile,
    out: request.to,
  });
  const { cluster } = await loadCluster(host, clusterFile);
  if (cluster.nodes.length < 2)
    throw new VipisoError('usage', 'a cluster of one node cannot be upgraded without an outage');
  const old = path.resolve(host.cwd, request.from);
  const { images: from } = await describeImages(cluster, old);
  const { images: to, lock } = await describeImages(cluster, folder);
  if (from.every(({ sha256 }, index) => sha256 === to[index]?.sha256))
    throw new VipisoError('usage', `${request.from} and ${request.to} hold the same images`, {
      hint: 'Name the folder of the release that runs, and that of the one to come.',
    });
  const certificates = await certificateFolder(folder);
  const started = host.now();
  const { upgrade, accelerator } = await runUpgrade(host, {
    ...{ cluster, from, to, repeat: request.repeat, forwardOnly: request.forwardOnly },
    logs: path.join(certificates, 'logs'),
  });
  const { verdict } = upgrade;
  const run = {
    folder: certificates,
    images: to,
    lock,
    cluster: cluster.name,
    set: 'custom',
  } as const;
  const about = { ...run, started, accelerator, version: request.version };
  return await certifyPart(host, about, { verdict, upgrade });
}
