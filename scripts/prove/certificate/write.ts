import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../host/fs/atomic-file.ts';
import { ioError, isErrno } from '../../host/fs/errno.ts';
import type { Host } from '../../host/host.ts';
import { compareProofs, regressionError } from './compare.ts';
import { formatComparison } from './comparison-text.ts';
import { formatProof, ProofDocument } from './document.ts';
import type { ControlPlaneProof, Trial, UpgradeProof } from './document.ts';
import { renderProofPage } from './page.ts';
import { upgradeProof } from './upgrade.ts';
import { controlPlaneLine, controlPlaneSentence } from './view-control-plane.ts';
import { upgradeLine, upgradeSentence } from './view-upgrade.ts';

const DOCUMENT = 'proof.json';
const PAGE = 'proof.html';

export interface ProveResult {
  readonly proof: ProofDocument;
  /** Absolute paths of `proof.json` and `proof.html`. */
  readonly file: string;
  readonly page: string;
  readonly text: readonly string[];
  /** What fails the run, after everything is written. */
  readonly error: VipisoError | undefined;
}

/** Writes both forms of the certificate into the folder of the images. */
export async function certify(
  host: Host,
  proof: ProofDocument,
  { folder, older }: { readonly folder: string; readonly older: ProofDocument | undefined },
): Promise<ProveResult> {
  const comparison = older === undefined ? undefined : compareProofs(older, proof);
  const file = path.join(folder, DOCUMENT);
  const page = path.join(folder, PAGE);
  await writeFileAtomic(page, renderProofPage(proof, await readTemplate(host), comparison));
  await writeFileAtomic(file, formatProof(proof));
  const shown = [file, page].map((it) => path.relative(host.cwd, it) || it).join(', ');
  return {
    ...{ proof, file, page },
    text: [
      ...proof.trials.flatMap((trial) => linesOf(trial)),
      ...(proof.upgrade === undefined ? [] : upgradeLines(proof.upgrade)),
      ...(proof.controlPlane === undefined ? [] : controlPlaneLines(proof.controlPlane)),
      ...(comparison === undefined ? [] : ['', ...formatComparison(comparison)]),
      '',
      `${proof.verdict === 'pass' ? 'PASS' : 'FAIL'}: ${shown}`,
    ],
    error: failureOf(proof, page) ?? (comparison && regressionError(comparison)),
  };
}

/**
 * Reads the proof that the new one is compared to, before anything is booted.
 *
 * @param file its absolute path
 * @throws VipisoError not-found, usage: it is not a proof
 */
export async function readOlder(
  { cwd }: Host,
  file: string | undefined,
): Promise<ProofDocument | undefined> {
  if (file === undefined) return undefined;
  try {
    return ProofDocument.parse(upgradeProof(JSON.parse(await readFile(file, 'utf8'))));
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EACCES', 'EISDIR')) throw ioError(error, 'read the proof', file);
    throw new VipisoError(
      'usage',
      `${path.relative(cwd, file)} is not a proof.json that this version can read`,
      {
        hint: 'Give --against a proof.json that this or an older vipiso prove wrote.',
        cause: error,
      },
    );
  }
}

async function readTemplate(host: Host): Promise<string> {
  const file = path.join(host.packageRoot, 'profiles', 'proof', 'proof.html.hbs');
  return await readFile(file, 'utf8').catch((error: unknown) => {
    throw ioError(error, 'read the template', file);
  });
}

function linesOf({ title, findings, faults }: Trial): string[] {
  return [
    title,
    ...findings.map(({ code, text }) => `  ${code}: ${text.split('\n')[0] ?? ''}`),
    ...faults.map(({ verdict, title: fault, outageSeconds, skipped, findings: found }) => {
      const lost =
        outageSeconds === undefined ? '      ' : `${outageSeconds.toFixed(2)} s`.padStart(6);
      const why = skipped ?? found.map(({ code }) => code).join(', ');
      return `  ${verdict.padEnd(7)} ${lost}  ${fault}${why === '' ? '' : `: ${why}`}`;
    }),
  ];
}

function upgradeLines(upgrade: UpgradeProof): readonly string[] {
  return [
    'Rolling upgrade',
    ...upgrade.packages.map(({ name, from, to }) => `  ${name}: ${from} to ${to}`),
    ...upgrade.findings.map(({ code, text }) => `  ${code}: ${text}`),
    ...upgrade.runs.map(upgradeLine),
    `  ${upgradeSentence(upgrade)}`,
  ];
}

function controlPlaneLines(controlPlane: ControlPlaneProof): readonly string[] {
  const { versions, findings, steps } = controlPlane;
  return [
    `Real API servers: kube-apiserver ${versions.apiServer}, etcd ${versions.etcd}`,
    ...findings.map(({ code, text }) => `  ${code}: ${text}`),
    ...steps.map(controlPlaneLine),
    `  ${controlPlaneSentence(controlPlane)}`,
  ];
}

function failureOf(
  { verdict, trials, upgrade, controlPlane }: ProofDocument,
  page: string,
): VipisoError | undefined {
  if (verdict === 'pass') return undefined;
  const details = trials.flatMap(({ title, findings, faults }) => [
    ...findings.map(({ code, text }) => `${title}: ${code}: ${text}`),
    ...faults.flatMap((fault) =>
      fault.findings.map(({ code, text }) => `${title}: ${fault.title}: ${code}: ${text}`),
    ),
  ]);
  const found = [
    ...(upgrade?.findings ?? []),
    ...(upgrade?.runs.flatMap(({ findings }) => findings) ?? []),
  ];
  const underReal = [
    ...(controlPlane?.findings ?? []),
    ...(controlPlane?.steps.flatMap(({ findings }) => findings) ?? []),
  ];
  return new VipisoError('proof-failed', 'the images failed the proof', {
    details: [
      ...details,
      ...found.map(({ code, text }) => `Rolling upgrade: ${code}: ${text}`),
      ...underReal.map(({ code, text }) => `Real API servers: ${code}: ${text}`),
    ],
    hint: `Everything that was seen is in ${page}; the consoles are in logs/ beside it.`,
  });
}
