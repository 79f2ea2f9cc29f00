import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { compareStrings, sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { lockDigest } from '../../packages/lock/format/digest.ts';
import type { Lockfile } from '../../packages/lock/format/schema.ts';
import { ProofDocument } from '../../prove/certificate/document.ts';
import { upgradeProof } from '../../prove/certificate/upgrade.ts';
import { dependenciesOf } from '../contents/provenance.ts';
import { RELEASE } from '../format/layout.ts';
import { VulnerabilityReport } from '../format/vulnerabilities.ts';
import type { OpenedRelease } from '../read/read-release.ts';
import { judged } from './check.ts';
import type { Verdict } from './check.ts';

/** The manifest's packages are those of the lock that lies in the release. */
export function lockCheck({ manifest }: OpenedRelease, lock: Lockfile): Verdict {
  const told = manifest.packages.map(({ name, version, sha256: digest }) => [
    name,
    version,
    digest,
  ]);
  return judged([
    ...(lockDigest(lock) === manifest.inputs.lockDigest ? [] : ['the lock is another']),
    ...differences('the manifest', lines(told), lockedLines(lock)),
  ]);
}

const CycloneDx = z.object({
  components: z.array(
    z.object({
      type: z.string(),
      name: z.string(),
      version: z.string().optional(),
      hashes: z.array(z.object({ content: z.string() })).optional(),
    }),
  ),
});

export async function cyclonedxCheck({ at }: OpenedRelease, lock: Lockfile): Promise<Verdict> {
  const { components } = await read(at(RELEASE.cyclonedx), CycloneDx);
  const told = components
    .filter(({ type }) => type === 'library')
    .map(({ name, version = '', hashes }) => [name, version, hashes?.[0]?.content ?? '']);
  const problems = differences(RELEASE.cyclonedx, lines(told), lockedLines(lock));
  return judged(problems, `${told.length} packages`);
}

const Spdx = z.object({
  packages: z.array(
    z.object({
      name: z.string(),
      versionInfo: z.string().optional(),
      primaryPackagePurpose: z.string().optional(),
      checksums: z.array(z.object({ checksumValue: z.string() })).optional(),
    }),
  ),
});

export async function spdxCheck({ at }: OpenedRelease, lock: Lockfile): Promise<Verdict> {
  const { packages } = await read(at(RELEASE.spdx), Spdx);
  const told = packages
    .filter(({ primaryPackagePurpose }) => primaryPackagePurpose === 'LIBRARY')
    .map((it) => [it.name, it.versionInfo ?? '', it.checksums?.[0]?.checksumValue ?? '']);
  const problems = differences(RELEASE.spdx, lines(told), lockedLines(lock));
  return judged(problems, `${told.length} packages`);
}

const Digests = z.object({ sha256: z.string() });
const Statement = z.object({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  predicateType: z.literal('https://slsa.dev/provenance/v1'),
  subject: z.array(z.object({ name: z.string(), digest: Digests })),
  predicate: z.object({
    buildDefinition: z.object({
      resolvedDependencies: z.array(z.object({ name: z.string(), digest: Digests })),
    }),
  }),
});

export async function provenanceCheck({ at, manifest }: OpenedRelease): Promise<Verdict> {
  const { subject, predicate } = await read(at(RELEASE.provenance), Statement);
  const manifestDigest = sha256(await readFile(at(RELEASE.manifest)));
  const subjects = [
    ...manifest.images
      .flatMap((image) => [image, ...(image.disks ?? [])])
      .map(({ file, sha256: digest }) => [file, digest]),
    [RELEASE.manifest, manifestDigest],
  ];
  const { resolvedDependencies } = predicate.buildDefinition;
  const pairs = (all: readonly { name?: string; digest: { sha256: string } }[]): string[][] =>
    all.map(({ name = '', digest }) => [name, digest.sha256]);
  return judged([
    ...differences('its subjects', lines(pairs(subject)), lines(subjects)),
    ...differences(
      'its dependencies',
      lines(pairs(resolvedDependencies)),
      lines(pairs(dependenciesOf(manifest))),
    ),
  ]);
}

export async function vulnerabilitiesCheck({ at }: OpenedRelease): Promise<Verdict> {
  const { databases, unknown, open } = await read(at(RELEASE.vulnerabilities), VulnerabilityReport);
  if (databases.length > 0)
    return judged([], `${open.length} fixed by newer packages when it was made`);
  const details = [`no security database was asked: ${unknown.join(', ')}`];
  return { outcome: 'absent', details };
}

/** The proof is of these very images, and they passed. */
export async function proofCheck({ at, manifest }: OpenedRelease): Promise<Verdict> {
  if (!manifest.documents.some(({ kind }) => kind === 'proof'))
    return { outcome: 'absent', details: ['the images were not proven (--prove)'] };
  const proof = await read(at(RELEASE.proof), z.preprocess(upgradeProof, ProofDocument));
  const [shipped] = proof.trials;
  const proven = (shipped?.images ?? []).map((it) => [it.node, it.sha256]);
  const released = manifest.images.map((it) => [it.node, it.sha256]);
  const lock = proof.lock ?? manifest.inputs.lockDigest;
  return judged(
    [
      ...differences('the proof', lines(proven), lines(released)),
      ...(proof.verdict === 'pass' ? [] : ['the images failed it']),
      ...(lock === manifest.inputs.lockDigest ? [] : ['it is of another lock']),
    ],
    `set ${proof.set}, ${shipped?.faults.length ?? 0} faults`,
  );
}

async function read<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n').slice(0, 3).join(' ') : '';
    throw new VipisoError('release-wrong', `it cannot be read: ${reason}`, { cause });
  }
}

function lockedLines({ packages }: Lockfile): readonly string[] {
  return lines(packages.map(({ name, version, sha256: digest }) => [name, version, digest]));
}

function lines(rows: readonly (readonly string[])[]): readonly string[] {
  return rows.map((row) => row.join(' ')).sort(compareStrings);
}

const MOST = 5;

function differences(
  what: string,
  found: readonly string[],
  wanted: readonly string[],
): readonly string[] {
  const lacking = wanted.filter((it) => !found.includes(it)).map((it) => `${what} lacks ${it}`);
  const extra = found
    .filter((it) => !wanted.includes(it))
    .map((it) => `${what} has ${it} too many`);
  const all = [...lacking, ...extra];
  if (all.length === 0 && found.length !== wanted.length) return [`${what} names something twice`];
  return all.length > MOST ? [...all.slice(0, MOST), `and ${all.length - MOST} more`] : all;
}
