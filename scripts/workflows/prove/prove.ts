import { stat } from 'node:fs/promises';
import path from 'node:path';
import { chooseScenarios } from '../../boot/faults/choose.ts';
import { VipisoError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../host/atomic-file.ts';
import { requireTools } from '../../host/find-tool.ts';
import type { Host } from '../../host/host.ts';
import { formatProof } from '../../release/proof/document.ts';
import type { ProofDocument, Trial } from '../../release/proof/document.ts';
import { buildImages } from '../build.ts';
import type { BuildRequest } from '../build.ts';
import { loadCluster } from '../load-cluster.ts';
import { hostFacts } from './host-facts.ts';
import { rounded } from './report.ts';
import { findSubject, hasImages } from './subject.ts';
import { runTrial } from './trial.ts';
import { verdictOf } from './verdict.ts';

export interface ProveRequest {
  /** A cluster file, or the folder of its images; as the user gave it. */
  readonly what: string;
  /** The cluster file of a folder of images, where it is not beside it. */
  readonly clusterFile?: string | undefined;
  readonly set: 'quick' | 'full';
  /** Scenarios or acts by their ids, in the place of the set; empty = the set. */
  readonly faults: readonly string[];
  /** How images are built where there are none; `out` is also where they are looked for. */
  readonly build: Omit<BuildRequest, 'clusterFile'>;
  readonly version: string;
}

export interface ProveResult {
  readonly proof: ProofDocument;
  /** Absolute path of `proof.json`. */
  readonly file: string;
  readonly text: readonly string[];
  /** What fails the run, after everything is written. */
  readonly error: VipisoError | undefined;
}

/**
 * Boots the images that will ship on an emulated LAN, breaks them on purpose, measures from a client's seat, and writes
 * the certificate beside them.
 *
 * @throws VipisoError usage, not-found, tool-missing, sandbox, cluster-invalid, interrupted
 */
export async function proveCluster(host: Host, request: ProveRequest): Promise<ProveResult> {
  const scenarios = chooseScenarios(request.set, request.faults);
  requireTools(host, ['qemu-system-x86_64', 'unshare', 'ip', 'bridge']);
  const { clusterFile, folder } = await placesOf(host, request);
  const { colour } = request.build;
  const { cluster } = await loadCluster(host, clusterFile, { colour });
  if (!(await hasImages(cluster, folder)))
    await buildImages(host, { ...request.build, clusterFile, out: folder });
  const subject = await findSubject(host, cluster, {
    folder,
    clusterFile: path.resolve(host.cwd, clusterFile),
  });
  const started = host.now();
  const { trial, accelerator } = await runTrial(host, {
    ...{ id: 'shipped', title: 'The images that ship', cluster, scenarios },
    images: subject.images,
    findings: subject.findings,
    logs: path.join(folder, 'logs'),
  });
  const trials = [trial];
  const proof: ProofDocument = {
    schema: 1,
    verdict: verdictOf(trials),
    cluster: cluster.name,
    set: request.faults.length > 0 ? 'chosen' : request.set,
    startedAt: new Date(started).toISOString(),
    seconds: rounded((host.now() - started) / 1000),
    tool: `vipiso ${request.version}`,
    ...(subject.lock !== undefined && { lock: subject.lock }),
    host: await hostFacts(host, accelerator),
    trials,
  };
  const file = path.join(folder, 'proof.json');
  await writeFileAtomic(file, formatProof(proof));
  return { proof, file, text: summaryOf(host, proof, file), error: errorOf(proof, file) };
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
  if (!isFolder) return { clusterFile: what, folder: path.resolve(host.cwd, build.out) };
  const candidates =
    clusterFile === undefined
      ? [place, path.dirname(place), host.cwd].map((it) => path.join(it, 'cluster.yaml'))
      : [path.resolve(host.cwd, clusterFile)];
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

function summaryOf(host: Host, { trials, verdict }: ProofDocument, file: string): string[] {
  const shown = path.relative(host.cwd, file) || file;
  return [
    ...trials.flatMap((trial) => linesOf(trial)),
    '',
    `${verdict === 'pass' ? 'PASS' : 'FAIL'}: ${shown}`,
  ];
}

function linesOf({ title, findings, faults }: Trial): string[] {
  return [
    title,
    ...findings.map(({ code, text }) => `  ${code}: ${text.split('\n')[0] ?? ''}`),
    ...faults.map(({ verdict, title: fault, lostSeconds, skipped, findings: found }) => {
      const lost = lostSeconds === undefined ? '      ' : `${lostSeconds.toFixed(2)} s`.padStart(6);
      const why = skipped ?? found.map(({ code }) => code).join(', ');
      return `  ${verdict.padEnd(7)} ${lost}  ${fault}${why === '' ? '' : `: ${why}`}`;
    }),
  ];
}

function errorOf({ verdict, trials }: ProofDocument, file: string): VipisoError | undefined {
  if (verdict === 'pass') return undefined;
  const details = trials.flatMap(({ findings, faults }) => [
    ...findings.map(({ code, text }) => `${code}: ${text}`),
    ...faults.flatMap((fault) =>
      fault.findings.map(({ code, text }) => `${fault.title}: ${code}: ${text}`),
    ),
  ]);
  return new VipisoError('proof-failed', 'the images did not stand the proof', {
    details,
    hint: `Everything that was seen is in ${file}; the consoles are in logs/ beside it.`,
  });
}
