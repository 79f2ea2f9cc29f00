import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { keyFingerprint } from '../../apk/trust/keys.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { buildLoaded } from '../../image/build-images.ts';
import type { BuildRequest, BuildResult } from '../../image/build-images.ts';
import { Manifest } from '../../image/publish/manifest.ts';
import { loadCluster } from '../../inputs/load-cluster.ts';
import { lockFileOf, requireLock } from '../../packages/lock/lock-file.ts';
import { listKeys } from '../../packages/trust/key-ring.ts';
import { siteKey } from '../../packages/trust/site-key.ts';
import type { SiteKey } from '../../packages/trust/site-key.ts';
import { toolIdentity } from '../contents/tool.ts';
import { RELEASE_FOLDERS } from '../format/layout.ts';
import type { OpenedRelease } from '../read/read-release.ts';
import { carriedKeys } from '../verify/signature.ts';
import { keyOfSignatures, throwawayKey } from './public-key.ts';
import { layOutInputs } from './site.ts';

export interface RebuildRequest {
  /** Absolute path of the folder that secret files are taken from. */
  readonly site: string;
  readonly build: Pick<BuildRequest, 'sources' | 'engine' | 'signingKey'>;
}

/** What came of a rebuild. */
export interface Rebuilding {
  readonly built: BuildResult;
  /** What was done otherwise than for the release: by another tool, other programs, another key. */
  readonly causes: readonly string[];
}

/**
 * Builds the images of a release again from its inputs. Of what lies in the cache only packages are taken.
 *
 * @param temp folder to work in
 * @throws VipisoError usage: secrets or the signing key are missing; what building throws
 */
export async function rebuildImages(
  host: Host,
  request: RebuildRequest,
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
  { build }: RebuildRequest,
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
