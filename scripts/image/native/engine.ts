import type { ClusterModel } from '../../cluster/model.ts';
import type { Host } from '../../host/host.ts';
import { toolVersion } from '../../host/tools/tool-version.ts';
import type { NodeOverlay } from '../../overlay/node-overlays.ts';
import type { PackageFile } from '../../packages/package-files.ts';
import type { PackageSources } from '../../packages/sources.ts';
import type { SiteKey } from '../../packages/trust/site-key.ts';
import type { BuildLock } from '../ensure-lock.ts';
import type { Profile } from '../profile.ts';
import type { EngineResult } from '../publish/publish.ts';
import { baseDigest } from './base/base-inputs.ts';
import { BASE_TOOLS, buildBase } from './base/build-base.ts';
import { baseInputsOf } from './gather-inputs.ts';
import { ISO_TOOLS } from './iso.ts';
import { buildNode } from './node-image.ts';
import type { NodeImage } from './node-image.ts';

/** What every engine is given. */
export interface EngineJob {
  readonly sources: PackageSources;
  readonly cluster: ClusterModel;
  readonly profile: Profile;
  readonly locked: BuildLock;
  readonly siteKey: SiteKey;
  readonly overlays: readonly NodeOverlay[];
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
  const inputs = await baseInputsOf(job.sources, job);
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
