import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { requireTools } from '../../host/tools/find-tool.ts';
import { toolsFor } from '../../host/tools/tool-packages.ts';
import { loadCluster } from '../../inputs/load-cluster.ts';
import type { ProveResult } from '../../prove/certificate/write.ts';
import { findPrograms } from '../../prove/control-plane/programs.ts';
import { runControlPlane } from '../../prove/control-plane/run-control-plane.ts';
import { chooseScenarios } from '../../prove/scenarios/choose.ts';
import { describeImages } from '../../prove/subject.ts';
import { certifyPart } from './certify-part.ts';
import type { PartRun } from './certify-part.ts';
import { certificateFolder, placesOf } from './prove.ts';

export interface ProveControlPlaneRequest {
  /** A cluster file, or the folder of its images; as the user gave it. */
  readonly what: string;
  /** Absolute path of the cluster file of a folder of images, where it is not beside it. */
  readonly clusterFile?: string | undefined;
  /** Absolute folder of `etcd`, `kube-apiserver` and, where there is one, `kubectl`. */
  readonly programs: string;
  readonly set: 'quick' | 'full';
  /** Scenarios or steps by their ids, instead of the set; empty = the set. */
  readonly faults: readonly string[];
  /** Absolute folder of the images. */
  readonly out: string;
  readonly version: string;
}

/**
 * Boots the images in front of real API servers, breaks things while clients read, write, watch and elect leaders, and
 * writes what they lost into the certificate beside the images, whose trials stay where they are of the same images.
 *
 * @throws VipisoError usage, not-found, digest-mismatch, tool-missing, tool-failed, sandbox, cluster-invalid, interrupted
 */
export async function proveControlPlane(
  host: Host,
  request: ProveControlPlaneRequest,
): Promise<ProveResult> {
  const scenarios = chooseScenarios(request.set, request.faults);
  const programs = await findPrograms(request.programs);
  requireTools(host, toolsFor('boot'));
  const { clusterFile, folder } = await placesOf(host, request);
  const { cluster } = await loadCluster(host, clusterFile);
  const { images, lock } = await describeImages(cluster, folder);
  const certificates = await certificateFolder(folder);
  const started = host.now();
  const { controlPlane, accelerator } = await runControlPlane(host, {
    ...{ cluster, images, scenarios, programs },
    logs: path.join(certificates, 'logs'),
  });
  const { verdict } = controlPlane;
  const set: PartRun['set'] = request.faults.length > 0 ? 'custom' : request.set;
  const run = { folder: certificates, images, lock, cluster: cluster.name, set };
  const about = { ...run, started, accelerator, version: request.version };
  return await certifyPart(host, about, { verdict, controlPlane });
}
