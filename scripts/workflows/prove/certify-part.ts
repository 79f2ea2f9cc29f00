import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { PROOF_SCHEMA } from '../../prove/certificate/document.ts';
import type { ProofDocument, Trial } from '../../prove/certificate/document.ts';
import { certify, readOlder } from '../../prove/certificate/write.ts';
import type { ProveResult } from '../../prove/certificate/write.ts';
import { hostFacts } from '../../prove/host-facts.ts';
import type { Subject } from '../../prove/subject.ts';
import { rounded } from '../../prove/trial/report.ts';
import { verdictOf } from '../../prove/verdict.ts';

/** A run that proves something else than trials. */
export interface PartRun {
  /** Absolute folder of the certificate. */
  readonly folder: string;
  readonly images: Subject['images'];
  readonly lock: Subject['lock'];
  readonly cluster: string;
  readonly set: ProofDocument['set'];
  /** When it began, in milliseconds of the host's clock. */
  readonly started: number;
  readonly accelerator: Parameters<typeof hostFacts>[1];
  readonly version: string;
}

/**
 * Writes a certificate of one part, with the trials that are there already, where they are of the same images.
 *
 * @throws VipisoError permission, io, disk-full
 */
export async function certifyPart(
  host: Host,
  run: PartRun,
  part: Pick<ProofDocument, 'upgrade' | 'controlPlane'> & {
    readonly verdict: ProofDocument['verdict'];
  },
): Promise<ProveResult> {
  const { folder, started, lock } = run;
  const { verdict: own, ...content } = part;
  const trials = await keptTrials(host, folder, run.images);
  const verdict = trials.length === 0 ? 'pass' : verdictOf(trials);
  const proof: ProofDocument = {
    schema: PROOF_SCHEMA,
    verdict: verdict === 'pass' ? own : verdict,
    ...{ cluster: run.cluster, set: run.set },
    startedAt: new Date(started).toISOString(),
    durationSeconds: rounded((host.now() - started) / 1000),
    tool: `vipiso ${run.version}`,
    ...(lock !== undefined && { lock }),
    host: await hostFacts(host, run.accelerator),
    ...{ trials, ...content },
  };
  return await certify(host, proof, { folder, older: undefined });
}

/** The faults that were proved before, where they were proved of these images. */
async function keptTrials(host: Host, folder: string, images: Subject['images']): Promise<Trial[]> {
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
