import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { useCache } from '../host/cache/lease.ts';
import { withTempFolder } from '../host/fs/temp-folder.ts';
import type { Host } from '../host/host.ts';
import { runTool } from '../host/process/run.ts';
import type { BuildResult } from '../image/build-images.ts';
import { compareImages } from '../image/compare/compare-images.ts';
import { Manifest } from '../image/publish/manifest.ts';
import { siteKey } from '../packages/trust/site-key.ts';
import type { SiteKey } from '../packages/trust/site-key.ts';
import { toolIdentity } from '../release/contents/tool.ts';
import { RELEASE } from '../release/format/layout.ts';
import type { ReleaseImage } from '../release/format/manifest.ts';
import { readRelease } from '../release/read/read-release.ts';
import type { OpenedRelease } from '../release/read/read-release.ts';
import { attest } from '../release/reproduce/attest.ts';
import { rebuildImages } from '../release/reproduce/rebuild.ts';
import type { RebuildRequest } from '../release/reproduce/rebuild.ts';
import { filesCheck } from '../release/verify/files.ts';
import { signatureCheck } from '../release/verify/signature.ts';
import { trustedKeysOf } from './verify.ts';

export interface ReproduceRequest extends RebuildRequest {
  /** Folder of the release, as the user gave it. */
  readonly folder: string;
  /** Public key files that the release must be signed by; empty = the site's own. */
  readonly keys: readonly string[];
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
    const { built, causes } = await rebuildImages(host, request, release, temp);
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

async function compared(
  host: Host,
  request: ReproduceRequest,
  { at, sums }: OpenedRelease,
  { file }: ReleaseImage,
  rebuilt: BuildResult['images'][number] | undefined,
): Promise<ReproducedImage> {
  // What the files are was held against the checksums just now; a manifest may say otherwise.
  const released = sums.get(file) ?? '';
  if (rebuilt === undefined) {
    return { file, released, rebuilt: '', differences: ['the rebuild has no such image'] };
  }
  const both = { file, released, rebuilt: rebuilt.sha256 };
  if (rebuilt.sha256 === released) return { ...both, differences: [] };
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
