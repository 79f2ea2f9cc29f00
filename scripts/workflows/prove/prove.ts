import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { findUefi } from '../../boot/qemu/firmware.ts';
import { VipisoError } from '../../core/errors.ts';
import type { TraceDocument } from '../../explore/report/trace-document.ts';
import { isErrno } from '../../host/fs/errno.ts';
import { isFile, isThere } from '../../host/fs/is-there.ts';
import type { Host } from '../../host/host.ts';
import { requireTools } from '../../host/tools/find-tool.ts';
import { toolsFor } from '../../host/tools/tool-packages.ts';
import { buildLoaded } from '../../image/build-images.ts';
import type { BuildRequest } from '../../image/build-images.ts';
import { loadCluster } from '../../inputs/load-cluster.ts';
import { PROOF_SCHEMA } from '../../prove/certificate/document.ts';
import type { ProofDocument } from '../../prove/certificate/document.ts';
import { sloOutcome } from '../../prove/certificate/slo.ts';
import { certify, readOlder } from '../../prove/certificate/write.ts';
import type { ProveResult } from '../../prove/certificate/write.ts';
import { hostFacts } from '../../prove/host-facts.ts';
import { chooseScenarios } from '../../prove/scenarios/choose.ts';
import { readTraces, scenarioOf } from '../../prove/scenarios/replay.ts';
import { findSubject, hasImages } from '../../prove/subject.ts';
import { rounded } from '../../prove/trial/report.ts';
import { runTrial } from '../../prove/trial/run-trial.ts';
import { tryVariant } from '../../prove/try-variant.ts';
import { chooseVariants } from '../../prove/variants.ts';
import { verdictOf } from '../../prove/verdict.ts';
import { RELEASE } from '../../release/format/layout.ts';

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
  /** Absolute path of what `check --explore --json` printed: its traces instead of the set. */
  readonly replay?: string | undefined;
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
  const chosen = chooseScenarios(request.set, request.faults);
  const traces = await tracesIn(request.replay);
  const variants = chooseVariants(request.set, request.variants);
  const older = await readOlder(host, request.against);
  requireTools(host, toolsFor('boot'));
  if (variants.some(({ boot }) => boot?.firmware === 'uefi')) findUefi();
  const { clusterFile, folder } = await placesOf(host, { ...request, out: request.build.out });
  const loaded = await loadCluster(host, clusterFile);
  const { cluster } = loaded;
  const scenarios = traces?.map((trace, index) => scenarioOf(trace, cluster, index + 1)) ?? chosen;
  if (!(await hasImages(cluster, folder)))
    await buildLoaded(host, loaded, { ...request.build, out: folder });
  const certificates = await certificateFolder(folder);
  const subject = await findSubject(host, cluster, { folder, clusterFile: loaded.file });

  const started = host.now();
  const { trial, accelerator } = await runTrial(host, {
    ...{ id: 'shipped', title: 'The images that ship', cluster, scenarios },
    images: subject.images,
    findings: subject.findings,
    logs: path.join(certificates, 'logs'),
  });
  const trials = [trial];
  for (const variant of variants)
    trials.push(...(await tryVariant(host, variant, { loaded, folder, build: request.build })));
  const proof: ProofDocument = {
    schema: PROOF_SCHEMA,
    verdict: verdictOf(trials),
    cluster: cluster.name,
    set: request.faults.length > 0 || traces !== undefined ? 'custom' : request.set,
    startedAt: new Date(started).toISOString(),
    durationSeconds: rounded((host.now() - started) / 1000),
    tool: `vipiso ${request.version}`,
    ...(subject.lock !== undefined && { lock: subject.lock }),
    host: await hostFacts(host, accelerator),
    trials,
  };
  for (const text of sloOutcome(proof, cluster.slo).unmeasured)
    host.report({ type: 'note', level: 'warning', text });
  return await certify(host, proof, { folder: certificates, older });
}

/**
 * Where a proof of the images in a folder goes: beside them, but into no release, which is signed as it is. That of
 * `releases/2026.12` goes to `releases/2026.12.proof`.
 */
export async function certificateFolder(folder: string): Promise<string> {
  const signed = await isThere(path.join(folder, RELEASE.signature), 'look for a signature');
  if (!signed) return folder;
  await mkdir(`${folder}.proof`, { recursive: true });
  return `${folder}.proof`;
}

/** @throws VipisoError not-found; usage: it is not what check --explore printed */
async function tracesIn(file: string | undefined): Promise<readonly TraceDocument[] | undefined> {
  if (file === undefined) return undefined;
  try {
    return readTraces(await readFile(file, 'utf8'));
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    throw new VipisoError('not-found', `there is no ${file} to replay`);
  }
}

/**
 * Where cluster file and images are.
 *
 * @param about.what a cluster file or a folder of images; of the former the images are in `out`
 * @throws VipisoError not-found
 */
export async function placesOf(
  host: Host,
  about: {
    readonly what: string;
    readonly clusterFile?: string | undefined;
    readonly out: string;
  },
): Promise<{ readonly clusterFile: string; readonly folder: string }> {
  const { what, clusterFile, out } = about;
  const place = path.resolve(host.cwd, what);
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return { clusterFile: what, folder: path.resolve(host.cwd, out) };
  const candidates =
    clusterFile === undefined
      ? [place, path.join(place, 'inputs'), path.dirname(place), host.cwd].map((it) =>
          path.join(it, 'cluster.yaml'),
        )
      : [path.resolve(host.cwd, clusterFile)];
  for (const candidate of candidates)
    if (await isFile(candidate)) return { clusterFile: candidate, folder: place };
  throw new VipisoError('not-found', `there is no cluster file for the images in ${what}`, {
    details: candidates.map((it) => `not there: ${it}`),
    hint: 'Name it: vipiso prove DIR --cluster FILE',
  });
}
