import { mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { keyFingerprint } from '../apk/trust/keys.ts';
import { sha256 } from '../core/digest.ts';
import type { Sha256 } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { sha256OfFile } from '../host/fs/hash-file.ts';
import { entriesBelow } from '../host/fs/list-folder.ts';
import { writePlainFile } from '../host/fs/plain-file.ts';
import type { Host } from '../host/host.ts';
import { formatChecksums } from '../image/publish/checksums.ts';
import { Manifest } from '../image/publish/manifest.ts';
import type { LoadedCluster } from '../inputs/load-cluster.ts';
import { fetchLocked } from '../packages/fetch-locked.ts';
import type { Lockfile } from '../packages/lock/format/schema.ts';
import type { PackageSources } from '../packages/sources.ts';
import type { SiteKey } from '../packages/trust/site-key.ts';
import { trustedKeys } from '../packages/trust/trusted-keys.ts';
import { securityDatabases } from '../packages/update/security-databases.ts';
import { changesText } from './contents/changes.ts';
import { writeInputs } from './contents/inputs.ts';
import { manifestOf } from './contents/manifest.ts';
import { dependencyEdges, describePackages } from './contents/packages.ts';
import { provenanceText } from './contents/provenance.ts';
import { toolIdentity } from './contents/tool.ts';
import { vulnerabilitiesOf } from './contents/vulnerabilities.ts';
import { diffAgainst } from './diff/against.ts';
import type { DiffSubject } from './diff/subject.ts';
import { RELEASE, RELEASE_FOLDERS, isBesideChecksums, signatureFile } from './format/layout.ts';
import { formatReleaseManifest } from './format/manifest.ts';
import type { DOCUMENT_KINDS, ReleaseManifest } from './format/manifest.ts';
import { formatVulnerabilities } from './format/vulnerabilities.ts';
import { cyclonedxText } from './sbom/cyclonedx.ts';
import { sbomOf } from './sbom/model.ts';
import { spdxText } from './sbom/spdx.ts';
import { signChecksums } from './sign/checksums-signature.ts';

export interface ReleaseSources {
  readonly loaded: LoadedCluster;
  readonly lock: Lockfile;
  readonly sources: PackageSources;
  readonly version: string;
  /** The key that the images were made with. */
  readonly siteKey: SiteKey;
  /** Further keys that sign the checksums, while readers move from one to the other. */
  readonly alsoSigning: readonly SiteKey[];
  /** The release before it, that CHANGES.md is against. */
  readonly previous: DiffSubject | undefined;
  /** Where security databases are; absent = Alpine's. */
  readonly secdb: string | undefined;
}

/**
 * Makes a release folder of one that holds finished images, the manifest that `build` wrote, and a proof where one was
 * made: writes everything else, and signs the checksums last.
 *
 * @throws VipisoError what reading and fetching throws
 */
export async function completeRelease(
  host: Host,
  sources: ReleaseSources,
  folder: string,
): Promise<ReleaseManifest> {
  const { loaded, lock, version, siteKey } = sources;
  const built = Manifest.parse(
    JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')),
  );
  const put = async (name: string, text: string): Promise<void> => {
    await writePlainFile(path.join(folder, name), text);
  };
  const find = await fetchLocked(sources.sources, lock);
  const packages = await describePackages(lock, find);
  const made = await manifestOf(host, {
    ...{ cluster: loaded.cluster, lock, built, folder, version, packages },
    tool: await toolIdentity(host),
    inputs: await writeInputs(loaded, folder),
  });
  const sbom = sbomOf(made, packages, dependencyEdges(lock, packages));
  await put(RELEASE.cyclonedx, cyclonedxText(sbom));
  await put(RELEASE.spdx, spdxText(sbom));
  const report = vulnerabilitiesOf(lock, await databasesFor(sources));
  await put(RELEASE.vulnerabilities, formatVulnerabilities(report));
  await writeKeys(host, sources, folder);

  const manifest = { ...made, documents: await documentsIn(folder) };
  const text = formatReleaseManifest(manifest);
  await put(RELEASE.manifest, text);
  await put(RELEASE.provenance, provenanceText(manifest, sha256(text)));
  const diff = await diffAgainst(sources.previous, folder, manifest);
  await put(RELEASE.changes, changesText(manifest, diff));
  await signFolder(folder, siteKey, sources.alsoSigning);
  return manifest;
}

const DOCUMENTS: readonly (readonly [(typeof DOCUMENT_KINDS)[number], string])[] = [
  ['sbom-cyclonedx', RELEASE.cyclonedx],
  ['sbom-spdx', RELEASE.spdx],
  ['vulnerabilities', RELEASE.vulnerabilities],
  ['proof', RELEASE.proof],
  ['proof-page', RELEASE.proofPage],
];

async function documentsIn(folder: string): Promise<ReleaseManifest['documents']> {
  const there = new Set(await readdir(folder));
  const documents: ReleaseManifest['documents'] = [];
  for (const [kind, file] of DOCUMENTS) {
    if (!there.has(file)) continue;
    documents.push({ kind, file, sha256: await sha256OfFile(path.join(folder, file)) });
  }
  return documents;
}

async function databasesFor({ sources, secdb }: ReleaseSources) {
  return await securityDatabases(sources, {
    source: secdb,
    branch: sources.branch,
    repositories: sources.repositories.map(({ name }) => name),
  });
}

/** The site's public halves, and those that a rebuild verifies the packages by. */
async function writeKeys(host: Host, sources: ReleaseSources, folder: string): Promise<void> {
  const { siteKey, alsoSigning } = sources;
  await mkdir(path.join(folder, RELEASE_FOLDERS.packageKeys), { recursive: true });
  for (const { signing, publicKeyPem } of [siteKey, ...alsoSigning])
    await writePlainFile(path.join(folder, RELEASE_FOLDERS.keys, signing.name), publicKeyPem);
  for (const [name, pem] of await packageKeys(host, sources))
    await writePlainFile(path.join(folder, RELEASE_FOLDERS.packageKeys, name), pem);
}

/** Those of the lock that can be had here: a rebuild may bring them otherwise. */
async function packageKeys(
  host: Host,
  { lock, sources }: ReleaseSources,
): Promise<ReadonlyMap<string, string>> {
  if (lock.keys.length === 0) return new Map();
  try {
    const keys = await trustedKeys(sources);
    const wanted = new Set(lock.keys.map(({ fingerprint }) => fingerprint));
    return new Map([...keys].filter(([, pem]) => wanted.has(keyFingerprint(pem))));
  } catch (error) {
    const missing = ['offline', 'network', 'timeout', 'not-found'];
    if (!(error instanceof VipisoError) || !missing.includes(error.code)) throw error;
    const text = `The release holds no keys of the packages: ${error.message}`;
    host.report({ type: 'note', level: 'warning', text });
    return new Map();
  }
}

/** Writes the checksums of all files of a release folder, and signs them. */
async function signFolder(folder: string, key: SiteKey, others: readonly SiteKey[]): Promise<void> {
  const sums = new Map<string, Sha256>();
  for (const { file, type } of await entriesBelow(folder, 'list the folder')) {
    if (type === 'file' && !isBesideChecksums(file))
      sums.set(file, await sha256OfFile(path.join(folder, file)));
  }
  const text = formatChecksums(sums);
  await writePlainFile(path.join(folder, RELEASE.checksums), text);
  await writePlainFile(
    path.join(folder, RELEASE.signature),
    signChecksums(text, key.signing.privateKeyPem),
  );
  if (others.length > 0) await mkdir(path.join(folder, RELEASE_FOLDERS.signatures));
  for (const { signing } of others) {
    const file = path.join(folder, signatureFile(signing.name));
    await writePlainFile(file, signChecksums(text, signing.privateKeyPem));
  }
}
