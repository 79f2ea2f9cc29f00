import { stat } from 'node:fs/promises';
import path from 'node:path';
import { findUefi } from '../boot/qemu/firmware.ts';
import { VipisoError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import { requireTools } from '../host/tools/find-tool.ts';
import { buildLoaded } from '../image/build-images.ts';
import type { BuildRequest } from '../image/build-images.ts';
import { loadCluster } from '../inputs/load-cluster.ts';
import { PROOF_SCHEMA } from '../prove/certificate/document.ts';
import type { ProofDocument } from '../prove/certificate/document.ts';
import { certify, readOlder } from '../prove/certificate/write.ts';
import type { ProveResult } from '../prove/certificate/write.ts';
import { hostFacts } from '../prove/host-facts.ts';
import { chooseScenarios } from '../prove/scenarios/choose.ts';
import { findSubject, hasImages } from '../prove/subject.ts';
import { rounded } from '../prove/trial/report.ts';
import { runTrial } from '../prove/trial/run-trial.ts';
import { tryVariant } from '../prove/try-variant.ts';
import { chooseVariants } from '../prove/variants.ts';
import { verdictOf } from '../prove/verdict.ts';

export interface ProveRequest {
  /** A cluster file, or the folder of its images; as the user gave it. */
  readonly what: string;
  /** Absolute path of the cluster file of a folder of images, where it is not beside it. */
  readonly clusterFile?: string | undefined;
  readonly set: 'quick' | 'full';
  /** Scenarios or steps by their ids, instead of the set; empty = the set. */
  readonly faults: readonly string[];
  /** Variants of the matrix by their ids, instead of the set's; empty = the set's. */
  readonly variants: readonly string[];
  /** Absolute path of an older `proof.json` that this one is compared to. */
  readonly against?: string | undefined;
  /** How images are built where there are none; `out` is also where they are looked for. */
  readonly build: Omit<BuildRequest, 'clusterFile'>;
  readonly version: string;
}

/**
 * Boots the images that will ship on an emulated LAN, breaks them on purpose, measures as a client, and writes
 * the certificate beside them.
 *
 * @throws VipisoError usage, not-found, tool-missing, sandbox, cluster-invalid, interrupted
 */
export async function proveCluster(host: Host, request: ProveRequest): Promise<ProveResult> {
  const scenarios = chooseScenarios(request.set, request.faults);
  const variants = chooseVariants(request.set, request.variants);
  const older = await readOlder(host, request.against);
  requireTools(host, ['qemu-system-x86_64', 'unshare', 'ip', 'bridge']);
  if (variants.some(({ boot }) => boot?.firmware === 'uefi')) findUefi();
  const { clusterFile, folder } = await placesOf(host, request);
  const loaded = await loadCluster(host, clusterFile);
  const { cluster } = loaded;
  if (!(await hasImages(cluster, folder)))
    await buildLoaded(host, loaded, { ...request.build, out: folder });
  const subject = await findSubject(host, cluster, { folder, clusterFile: loaded.file });

  const started = host.now();
  const { trial, accelerator } = await runTrial(host, {
    ...{ id: 'shipped', title: 'The images that ship', cluster, scenarios },
    images: subject.images,
    findings: subject.findings,
    logs: path.join(folder, 'logs'),
  });
  const trials = [trial];
  for (const variant of variants)
    trials.push(...(await tryVariant(host, variant, { loaded, folder, build: request.build })));
  const proof: ProofDocument = {
    schema: PROOF_SCHEMA,
    verdict: verdictOf(trials),
    cluster: cluster.name,
    set: request.faults.length > 0 ? 'custom' : request.set,
    startedAt: new Date(started).toISOString(),
    durationSeconds: rounded((host.now() - started) / 1000),
    tool: `vipiso ${request.version}`,
    ...(subject.lock !== undefined && { lock: subject.lock }),
    host: await hostFacts(host, accelerator),
    trials,
  };
  return await certify(host, proof, { folder, older });
}

async function placesOf(
  host: Host,
  { what, clusterFile, build }: ProveRequest,
): Promise<{ readonly clusterFile: string; readonly folder: string }> {
  const place = path.resolve(host.cwd, what);
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return { clusterFile: what, folder: build.out };
  const candidates =
    clusterFile === undefined
      ? [place, path.dirname(place), host.cwd].map((it) => path.join(it, 'cluster.yaml'))
      : [clusterFile];
  for (const candidate of candidates)
    if (await isThere(candidate)) return { clusterFile: candidate, folder: place };
  throw new VipisoError('not-found', `there is no cluster file for the images in ${what}`, {
    details: candidates.map((it) => `not there: ${it}`),
    hint: 'Name it: vipiso prove DIR --cluster FILE',
  });
}

async function isThere(file: string): Promise<boolean> {
  return await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}
