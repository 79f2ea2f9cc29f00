import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import { step } from '../core/events.ts';
import { ioError } from '../host/fs/errno.ts';
import { isThere } from '../host/fs/is-there.ts';
import { withTempFolder } from '../host/fs/temp-folder.ts';
import type { Host } from '../host/host.ts';
import { buildLoaded } from '../image/build-images.ts';
import type { BuildRequest } from '../image/build-images.ts';
import { loadCluster } from '../inputs/load-cluster.ts';
import type { LoadedCluster } from '../inputs/load-cluster.ts';
import { lockFileOf, requireLock } from '../packages/lock/lock-file.ts';
import { openSources } from '../packages/sources.ts';
import { outgoingKeys } from '../packages/trust/key-ring.ts';
import { siteKey } from '../packages/trust/site-key.ts';
import { refuseInlineSecrets } from '../release/contents/inputs.ts';
import { releaseSubject } from '../release/diff/subject.ts';
import type { DiffSubject } from '../release/diff/subject.ts';
import { RELEASE } from '../release/format/layout.ts';
import { ReleaseVersion } from '../release/format/manifest.ts';
import type { ReleaseManifest } from '../release/format/manifest.ts';
import { sloOutcome, unmeasurable } from '../prove/certificate/slo.ts';
import { chooseScenarios } from '../prove/scenarios/choose.ts';
import { completeRelease } from '../release/make-release.ts';
import { readRelease } from '../release/read/read-release.ts';
import { proveCluster } from './prove/prove.ts';

export interface ReleaseRequest {
  readonly clusterFile: string;
  readonly version: string;
  /** Which faults the images must survive before they are released; absent = they are not booted. */
  readonly prove: 'quick' | 'full' | undefined;
  /** Absolute path of the folder of the release before this one. */
  readonly previous: string | undefined;
  /** File, folder or URL of security databases; absent = Alpine's. */
  readonly secdb: string | undefined;
  readonly build: Omit<BuildRequest, 'clusterFile' | 'nodes' | 'frozen' | 'version'>;
  /** Version of the tool, for the proof. */
  readonly toolVersion: string;
}

export interface ReleaseResult {
  /** Absolute path. */
  readonly folder: string;
  readonly manifest: ReleaseManifest;
  readonly text: readonly string[];
}

/**
 * Makes a release: checks the lock, builds and audits the images, proves them if asked, and leaves one folder with them
 * and all that is to be said of them. The folder appears by one rename at the very end; one that is there is never
 * changed.
 *
 * @throws VipisoError usage, already-exists, lock-missing, lock-stale; proof-failed: a fault was not survived, or a demand
 *   of the cluster file's `slo` was missed or not measured; what building throws
 */
export async function releaseCluster(host: Host, request: ReleaseRequest): Promise<ReleaseResult> {
  const version = ReleaseVersion.safeParse(request.version);
  if (!version.success) {
    throw new VipisoError('usage', `“${request.version}” cannot be a version`, {
      hint: 'Take letters, digits, and . _ + ~ - : 2026.12',
    });
  }
  const out = request.build.out;
  await refuseTaken(out);
  const previous =
    request.previous === undefined ? undefined : await previousRelease(request.previous);
  const loaded = await loadCluster(host, request.clusterFile);
  if (request.prove !== undefined) refuseUnmeasurable(loaded, request.prove);
  refuseInlineSecrets(loaded);
  const near = path.dirname(out);
  return await withTempFolder(host, near, async (temp) => {
    const folder = path.join(temp, path.basename(out));
    const manifest = await fill(host, request, {
      loaded,
      folder,
      failed: `${out}.failed`,
      previous,
    });
    host.signal.throwIfAborted();
    await refuseTaken(out);
    await rename(folder, out).catch((error: unknown) => {
      throw ioError(error, 'write the release', out);
    });
    return { folder: out, manifest, text: summary(host, out, manifest) };
  });
}

async function previousRelease(folder: string): Promise<DiffSubject> {
  const { manifest } = await readRelease(folder);
  return await releaseSubject(folder, path.basename(folder), manifest);
}

async function fill(
  host: Host,
  request: ReleaseRequest,
  about: {
    readonly loaded: LoadedCluster;
    readonly folder: string;
    readonly failed: string;
    readonly previous: DiffSubject | undefined;
  },
): Promise<ReleaseManifest> {
  const { loaded, folder, previous } = about;
  const { build, version } = request;
  await mkdir(folder, { mode: 0o700 });
  await buildLoaded(host, loaded, { ...build, nodes: [], frozen: true, version, out: folder });
  if (request.prove !== undefined) await proveIn(host, request, about);
  const lock = await requireLock(await lockFileOf(loaded.file));
  const named = build.signingKey;
  await using sources = openSources(host, loaded.cluster, build.sources);
  const key = await siteKey(host, named);
  const others = named === undefined ? await outgoingKeys(host) : [];
  return await step(
    host.report,
    { id: 'release', title: `Writing the release ${version}` },
    async () =>
      await completeRelease(
        host,
        {
          ...{ loaded, lock, version, previous },
          sources,
          siteKey: key,
          alsoSigning: others.filter(({ signing }) => signing.name !== key.signing.name),
          secdb: request.secdb,
        },
        folder,
      ),
  );
}

/** A release that fails its proof is none; what was seen stays beside its place. */
async function proveIn(
  host: Host,
  request: ReleaseRequest,
  about: { readonly loaded: LoadedCluster; readonly folder: string; readonly failed: string },
): Promise<void> {
  const { folder, failed, loaded } = about;
  const { build, prove = 'quick', toolVersion } = request;
  const proved = await proveCluster(host, {
    what: request.clusterFile,
    set: prove,
    ...{ faults: [], variants: [], version: toolVersion },
    build: { ...build, nodes: [], frozen: true, version: request.version, out: folder },
  });
  const { unmeasured } = sloOutcome(proved.proof, loaded.cluster.slo);
  const reasons = [...(proved.error?.details ?? []), ...unmeasured];
  const logs = path.join(folder, 'logs');
  if (proved.error === undefined && reasons.length === 0) {
    await rm(logs, { recursive: true, force: true });
    return;
  }
  await rm(failed, { recursive: true, force: true });
  await mkdir(failed, { mode: 0o700 });
  for (const name of [RELEASE.proof, RELEASE.proofPage, 'logs'])
    if (await isThere(path.join(folder, name), 'look for the proof'))
      await rename(path.join(folder, name), path.join(failed, name));
  throw new VipisoError('proof-failed', 'there is no release: the images failed the proof', {
    details: reasons,
    hint: `Everything that was seen is in ${path.join(failed, RELEASE.proofPage)}.`,
  });
}

/** Before minutes of building and booting: a demand that no fault of the set can measure would end in a refusal. */
function refuseUnmeasurable({ name, cluster }: LoadedCluster, set: 'quick' | 'full'): void {
  const keys = unmeasurable(cluster, chooseScenarios(set, []));
  if (keys.length === 0) return;
  const asked = keys.map((key) => `slo.${key}`).join(', ');
  throw new VipisoError('usage', `${name} asks for ${asked}, which --prove ${set} cannot measure`, {
    hint: 'Take the demand out of the cluster file, or release without --prove.',
  });
}

async function refuseTaken(out: string): Promise<void> {
  if (!(await isThere(out, 'look for the release'))) return;
  throw new VipisoError('already-exists', `there is something already: ${out}`, {
    hint: 'A release is never changed: name another folder by --out, or give it another --version.',
  });
}

function summary(host: Host, out: string, manifest: ReleaseManifest): readonly string[] {
  const shown = path.relative(host.cwd, out) || out;
  const key = manifest.signingKey.name;
  return [
    `${shown}: ${manifest.cluster} ${manifest.version}, ${manifest.images.length} images, ${manifest.packages.length} packages`,
    ...manifest.images.map(({ file, sha256 }) => `  ${sha256}  ${file}`),
    `signed by ${key} (SHA-256 ${manifest.signingKey.fingerprint})`,
    '',
    `Check it anywhere: cd ${shown} && openssl dgst -sha256 -verify ${key} -signature ${RELEASE.signature} ${RELEASE.checksums} && sha256sum -c ${RELEASE.checksums}`,
    `with your own copy of ${key}, or: vipiso verify ${shown}`,
  ];
}
