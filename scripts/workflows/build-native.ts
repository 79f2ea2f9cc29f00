import type { ClusterModel } from '../cluster/model.ts';
import type { Host } from '../host/host.ts';
import { toolVersion } from '../host/tool-version.ts';
import { baseDigest } from '../image/native/base-inputs.ts';
import { BASE_TOOLS, buildBase } from '../image/native/build-base.ts';
import { ISO_TOOLS } from '../image/native/iso.ts';
import type { PackageFile } from '../image/package-files.ts';
import type { Profile } from '../image/profile.ts';
import type { SiteKey } from '../image/site-key.ts';
import { baseInputsOf } from './build-inputs.ts';
import type { BuildLock } from './build-lock.ts';
import { buildNode } from './build-nodes.ts';
import type { NodeImage } from './build-nodes.ts';
import type { EngineResult } from './build-release.ts';
import type { NodeOverlay } from './node-overlays.ts';

/** What every engine is given. */
export interface EngineJob {
  readonly cluster: ClusterModel;
  readonly profile: Profile;
  readonly locked: BuildLock;
  readonly siteKey: SiteKey;
  readonly overlays: readonly NodeOverlay[];
  readonly offline: boolean;
  /**
   * To be awaited before anything is made: stops the build when the images' own programs refuse their files.
   * @returns what was not tested, and why
   */
  readonly accept: (imagePackages: readonly PackageFile[]) => Promise<readonly string[]>;
}

/** Host programs that the native engine starts. */
export const NATIVE_TOOLS = [...BASE_TOOLS, ...ISO_TOOLS];

/** Makes the images by the native engine, in `folder`. */
export async function buildNative(
  host: Host,
  job: EngineJob,
  folder: string,
): Promise<EngineResult> {
  const inputs = await baseInputsOf(host, job);
  const notTested = await job.accept(inputs.imagePackages);
  const base = await buildBase(host, inputs);
  const images: NodeImage[] = [];
  for (const each of job.overlays) {
    images.push(await buildNode(host, job.cluster, each, { base, inputs, folder }));
  }
  const { volumeId } = base.release;
  const tools = { ...inputs.toolVersions, xorriso: await toolVersion(host, 'xorriso') };
  return { images, base: baseDigest(inputs), volumeId, tools, notTested };
}
