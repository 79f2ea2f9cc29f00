import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { requireTools } from '../../host/tools/find-tool.ts';
import { toolsFor } from '../../host/tools/tool-packages.ts';
import { loadCluster } from '../../inputs/load-cluster.ts';
import { PROOF_SCHEMA } from '../../prove/certificate/document.ts';
import type { ProofDocument, Trial } from '../../prove/certificate/document.ts';
import { certify, readOlder } from '../../prove/certificate/write.ts';
import type { ProveResult } from '../../prove/certificate/write.ts';
import { hostFacts } from '../../prove/host-facts.ts';
import { describeImages } from '../../prove/subject.ts';
import type { Subject } from '../../prove/subject.ts';
import { rounded } from '../../prove/trial/report.ts';
import { runUpgrade } from '../../prove/upgrade/run-upgrade.ts';
import { verdictOf } from '../../prove/verdict.ts';
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
  const trials = await keptTrials(host, certificates, to);
  const verdict = trials.length === 0 ? 'pass' : verdictOf(trials);
  const proof: ProofDocument = {
    schema: PROOF_SCHEMA,
    verdict: verdict === 'pass' ? upgrade.verdict : verdict,
    cluster: cluster.name,
    set: 'custom',
    startedAt: new Date(started).toISOString(),
    durationSeconds: rounded((host.now() - started) / 1000),
    tool: `vipiso ${request.version}`,
    ...(lock !== undefined && { lock }),
    host: await hostFacts(host, accelerator),
    ...{ trials, upgrade },
  };
  return await certify(host, proof, { folder: certificates, older: undefined });
}

/** The faults that were proved before, where they were proved of these images. */
export async function keptTrials(
  host: Host,
  folder: string,
  images: Subject['images'],
): Promise<Trial[]> {
  try {
    const older = await readOlder(host, path.join(folder, 'proof.json'));
    const [first] = older?.trials ?? [];
    const same = first?.images.every(({ sha256 }, index) => sha256 === images[index]?.sha256);
    return same === true ? (older?.trials ?? []) : [];
  } catch (error) {
    if (error instanceof VipisoError) return [];
    throw error;
  }
}
