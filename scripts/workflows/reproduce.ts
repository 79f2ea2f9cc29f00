import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { keyFingerprint } from '../apk/trust/keys.ts';
import { sha256 } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { useCache } from '../host/cache/lease.ts';
import { withTempFolder } from '../host/fs/temp-folder.ts';
import type { Host } from '../host/host.ts';
import { runTool } from '../host/process/run.ts';
import { buildLoaded } from '../image/build-images.ts';
import type { BuildRequest, BuildResult } from '../image/build-images.ts';
import { compareImages } from '../image/compare/compare-images.ts';
import { Manifest } from '../image/publish/manifest.ts';
import { loadCluster } from '../inputs/load-cluster.ts';
import { requireLock, lockFileOf } from '../packages/lock/lock-file.ts';
import { listKeys } from '../packages/trust/key-ring.ts';
import { siteKey } from '../packages/trust/site-key.ts';
import type { SiteKey } from '../packages/trust/site-key.ts';
import { toolIdentity } from '../release/contents/tool.ts';
import { RELEASE, RELEASE_FOLDERS } from '../release/format/layout.ts';
import type { ReleaseImage } from '../release/format/manifest.ts';
import { readRelease } from '../release/read/read-release.ts';
import type { OpenedRelease } from '../release/read/read-release.ts';
import { attest } from '../release/reproduce/attest.ts';
import { keyOfSignatures, throwawayKey } from '../release/reproduce/public-key.ts';
import { layOutInputs } from '../release/reproduce/site.ts';
import { filesCheck } from '../release/verify/files.ts';
import { carriedKeys, signatureCheck } from '../release/verify/signature.ts';
import { trustedKeysOf } from './verify.ts';

export interface ReproduceRequest {
  /** Folder of the release, as the user gave it. */
  readonly folder: string;
  /** Absolute path of the folder that secret files are taken from. */
  readonly site: string;
  /** Public key files that the release must be signed by; empty = the site's own. */
  readonly keys: readonly string[];
  readonly build: Pick<BuildRequest, 'sources' | 'engine' | 'signingKey'>;
  /** Absolute path of the private key that a statement of the result is signed by; absent = there is none. */
  readonly attest: string | undefined;
  /** Absolute path of the folder for what diffoscope says of images that differ; absent = it is not asked. */
  readonly diffoscope: string | undefined;
}

export interface ReproducedImage {
  readonly file: string;
  /** Of the release, and of the rebuild. */
  readonly released: string;
  readonly rebuilt: string;
  /** What differs, down to files inside; empty = nothing. */
  readonly differences: readonly string[];
}

export interface Reproduction {
  readonly images: readonly ReproducedImage[];
  /** What the rebuild did otherwise than the release: tool, programs. */
  readonly causes: readonly string[];
  /** Path of the statement in the release. */
  readonly attestation: string | undefined;
  readonly text: readonly string[];
  /** What to end with where an image differs. */
  readonly error: VipisoError | undefined;
}

/**
 * Builds a release again from its own inputs, with nothing but packages taken from the cache, and compares its images byte
 * for byte. The release is verified first.
 *
 * @throws VipisoError release-wrong: it is not what was signed; usage: secrets or the signing key are missing; what
 * building throws
 */
export async function reproduceRelease(
  host: Host,
  request: ReproduceRequest,
): Promise<Reproduction> {
  const release = await readRelease(path.resolve(host.cwd, request.folder));
  await requireGenuine(host, release, request.keys);
  const attester = request.attest === undefined ? undefined : await siteKey(host, request.attest);
  await useCache(host);
  return await withTempFolder(host, path.join(host.cacheFolder, 'rebuilds'), async (temp) => {
    const images: ReproducedImage[] = [];
    const { built, causes } = await rebuild(host, request, release, temp);
    for (const image of release.manifest.images) {
      const rebuilt = built.images.find(({ node }) => node === image.node);
      images.push(await compared(host, request, release, image, rebuilt));
    }
    const result = images.every(({ released, rebuilt }) => released === rebuilt);
    const attestation =
      attester === undefined
        ? undefined
        : await attestResult(host, release, { images, result, built, attester });
    return { images, causes, attestation, ...outcome(request.folder, images, causes, attestation) };
  });
}

/** What is rebuilt is what was signed, or the result would say nothing. */
async function requireGenuine(
  host: Host,
  release: OpenedRelease,
  keys: readonly string[],
): Promise<void> {
  const signature = await signatureCheck(release.folder, await trustedKeysOf(host, keys));
  const files = signature.outcome === 'ok' ? await filesCheck(release) : signature;
  if (files.outcome === 'ok') return;
  throw new VipisoError('release-wrong', `${release.folder} is not to be trusted`, {
    details: files.details,
    hint: 'vipiso verify tells more; --key names the public key of who made it.',
  });
}

interface Rebuilding {
  readonly built: BuildResult;
  readonly causes: readonly string[];
}

async function rebuild(
  host: Host,
  request: ReproduceRequest,
  release: OpenedRelease,
  temp: string,
): Promise<Rebuilding> {
  const { manifest } = release;
  const inputs = path.join(temp, 'inputs');
  const clusterFile = await layOutInputs(host, release, { site: request.site, to: inputs });
  const own = { ...host, cacheFolder: path.join(temp, 'cache') };
  await mkdir(own.cacheFolder);
  // Packages alone may come from earlier runs, verified at each use: what was built of them may not.
  const store = path.join(host.cacheFolder, 'sha256');
  await mkdir(store, { recursive: true });
  await symlink(store, path.join(own.cacheFolder, 'sha256'));
  const loaded = await loadCluster(own, clusterFile);
  const { sources, engine } = request.build;
  const keys = path.join(release.folder, RELEASE_FOLDERS.packageKeys);
  const lock = await requireLock(await lockFileOf(clusterFile));
  const build = async (key: SiteKey, out: string): Promise<BuildResult> =>
    await buildLoaded(own, loaded, {
      sources: {
        ...sources,
        keysFolder: sources.keysFolder ?? keys,
        repositories:
          sources.repositories ??
          lock.repositories.map(({ name, tag, bases }) => ({
            ...{ name, tag },
            bases: bases.map((base) => placeOf(base, request.site)),
          })),
      },
      engine: { ...engine, name: manifest.engine },
      ...{ nodes: [], out, frozen: true, noDaemons: true, version: manifest.version },
      siteKey: key,
    });
  const { key, isWhole } = await keyFor(host, request, release);
  const causes = await toolChanges(host, release);
  const asReleased = path.join(temp, 'images');
  try {
    const built = await build(key, asReleased);
    return { built, causes: [...causes, ...(await programChanges(built, release))] };
  } catch (error) {
    const couldNotSign =
      error instanceof VipisoError && ['image-wrong', 'signature-invalid'].includes(error.code);
    if (isWhole || !couldNotSign) throw error;
    const built = await build(throwawayKey(key), path.join(temp, 'explained'));
    const why =
      'index or modloop are not those that the release signed, so a throwaway key signed these: key, signatures and volume name differ by that alone';
    return { built, causes: [...causes, why, ...(await programChanges(built, release))] };
  }
}

function placeOf(base: string, site: string): string {
  return /^[a-z]+:\/\//.test(base) ? base : path.resolve(site, base);
}

/** The release's own key where it is here, else its signatures. */
async function keyFor(
  host: Host,
  { build }: ReproduceRequest,
  { manifest, folder, at }: OpenedRelease,
): Promise<{ readonly key: SiteKey; readonly isWhole: boolean }> {
  const { name, fingerprint } = manifest.signingKey;
  const ring = (await listKeys(host)).find((it) => it.fingerprint === fingerprint)?.privateFile;
  const file = build.signingKey ?? ring;
  if (file !== undefined) {
    const key = await siteKey(host, file);
    if (keyFingerprint(key.publicKeyPem) === fingerprint)
      return { key: { ...key, signing: { ...key.signing, name } }, isWhole: true };
    throw new VipisoError('usage', `${file} is not the key that signed the release, ${name}`);
  }
  const carried = (await carriedKeys(folder)).find((it) => it.name === name);
  if (manifest.engine === 'mkimage' || carried === undefined) {
    throw new VipisoError('usage', `mkimage signs by itself, and ${name} is not here`, {
      hint: `Bring the private key with the fingerprint ${fingerprint}: --signing-key FILE`,
    });
  }
  const released = { signing: { name }, publicKeyPem: carried.pem };
  const images = manifest.images.map((image) => at(image.file));
  return { key: await keyOfSignatures(released, images), isWhole: false };
}

async function toolChanges(host: Host, { manifest }: OpenedRelease): Promise<readonly string[]> {
  const { version, sha256: digest } = await toolIdentity(host);
  const { tool } = manifest;
  if (digest === tool.sha256) return [];
  const text = (about: string, by: string): string => `${about} (${by.slice(0, 12)})`;
  return [`vipiso: ${text(tool.version, tool.sha256)} made it, this is ${text(version, digest)}`];
}

async function programChanges(
  { manifest: file }: BuildResult,
  { manifest }: OpenedRelease,
): Promise<readonly string[]> {
  const { tools } = Manifest.parse(JSON.parse(await readFile(file, 'utf8')));
  const names = [...new Set([...Object.keys(manifest.tools), ...Object.keys(tools)])];
  return names.flatMap((name) => {
    const [was = 'none', is = 'none'] = [manifest.tools[name], tools[name]];
    return was === is ? [] : [`${name}: ${was} made it, here is ${is}`];
  });
}

async function compared(
  host: Host,
  request: ReproduceRequest,
  { at }: OpenedRelease,
  image: ReleaseImage,
  rebuilt: BuildResult['images'][number] | undefined,
): Promise<ReproducedImage> {
  const { file, sha256: released } = image;
  if (rebuilt === undefined) {
    return { file, released, rebuilt: '', differences: ['the rebuild has no such image'] };
  }
  const both = { file, released, rebuilt: rebuilt.sha256 };
  // The released bytes were verified just now, and so are what the checksums say.
  const bytes = await readFile(at(RELEASE.checksums), 'utf8');
  if (bytes.includes(`${rebuilt.sha256}  ${file}\n`))
    return { ...both, released: rebuilt.sha256, differences: [] };
  if (request.diffoscope !== undefined) {
    await askDiffoscope(host, path.join(request.diffoscope, `${file}.txt`), at(file), rebuilt.file);
  }
  const { text } = await compareImages(host, at(file), rebuilt.file);
  return { ...both, differences: text };
}

/** It shows secrets like anything else, so its text is for the owner alone. */
async function askDiffoscope(host: Host, to: string, a: string, b: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
  await writeFile(to, '', { mode: 0o600 });
  await runTool(host, {
    tool: 'diffoscope',
    args: ['--text', '-', a, b],
    stdout: { file: to },
  }).catch(async (error: unknown) => {
    // It ends with 1 where files differ, as diff(1) does.
    const isDifference = error instanceof VipisoError && error.code === 'tool-failed';
    if (!isDifference || (await stat(to)).size === 0) throw error;
  });
}

async function attestResult(
  host: Host,
  { folder, at, manifest }: OpenedRelease,
  about: {
    readonly images: readonly ReproducedImage[];
    readonly result: boolean;
    readonly built: BuildResult;
    readonly attester: SiteKey;
  },
): Promise<string> {
  const { images, result, built, attester } = about;
  const { tools } = Manifest.parse(JSON.parse(await readFile(built.manifest, 'utf8')));
  const { cluster, version } = manifest;
  return await attest(
    folder,
    {
      images: images.map(({ file, rebuilt }) => ({ file, sha256: rebuilt })),
      release: { cluster, version, manifest: sha256(await readFile(at(RELEASE.manifest))) },
      result: result ? 'equal' : 'different',
      tool: await toolIdentity(host),
      tools,
    },
    attester,
  );
}

function outcome(
  name: string,
  images: readonly ReproducedImage[],
  causes: readonly string[],
  attestation: string | undefined,
): Pick<Reproduction, 'text' | 'error'> {
  const different = images.filter(({ released, rebuilt }) => released !== rebuilt);
  const said = attestation === undefined ? [] : [`signed statement: ${attestation}`];
  const text = [
    ...images.flatMap(({ file, differences, rebuilt, released }) => [
      `${rebuilt === released ? 'equal' : 'DIFFERS'}  ${file}  SHA-256 ${rebuilt}`,
      ...differences.map((line) => `  ${line}`),
    ]),
    ...(different.length === 0 || causes.length === 0
      ? []
      : ['made otherwise:', ...causes.map((line) => `  ${line}`)]),
    ...said,
  ];
  if (different.length === 0) return { text, error: undefined };
  const error = new VipisoError('not-reproduced', `a rebuild of ${name} gives other images`, {
    details: different.map(({ file }) => file),
    hint: causes.length === 0 ? undefined : `It was made otherwise: ${causes.join('; ')}`,
  });
  return { text, error };
}
