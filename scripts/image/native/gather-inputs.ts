import type { ClusterModel } from '../../cluster/model.ts';
import type { Host } from '../../host/host.ts';
import { toolVersion } from '../../host/tools/tool-version.ts';
import { fetchLocked } from '../../packages/fetch-locked.ts';
import { closureOf } from '../../packages/lock/format/closure.ts';
import type { Purpose } from '../../packages/lock/format/schema.ts';
import type { PackageFile } from '../../packages/package-files.ts';
import type { PackageSources } from '../../packages/sources.ts';
import type { SiteKey } from '../../packages/trust/site-key.ts';
import type { BuildLock } from '../ensure-lock.ts';
import type { Profile } from '../profile.ts';
import type { BaseInputs } from './base/base-inputs.ts';
import { BASE_TOOLS } from './base/build-base.ts';

/** Fetches the locked packages and gathers everything that decides what the images have in common. */
export async function baseInputsOf(
  sources: PackageSources,
  about: {
    readonly cluster: ClusterModel;
    readonly profile: Profile;
    readonly locked: BuildLock;
    readonly siteKey: SiteKey;
  },
): Promise<BaseInputs> {
  const { cluster, locked, profile, siteKey } = about;
  const { lock } = locked;
  await fetchLocked(sources, lock);
  const filesFor = (purpose: Purpose): PackageFile[] =>
    closureOf(lock, purpose).map((locked) => ({
      locked,
      path: sources.store.pathOf(locked.sha256),
    }));
  return {
    arch: lock.arch,
    branch: lock.branch,
    flavour: cluster.alpine.kernelFlavour,
    profileName: cluster.image.profile,
    profile,
    epoch: lock.sourceDateEpoch,
    kernelPackages: filesFor('kernel'),
    kernelRequests: lock.requests.kernel ?? [],
    imagePackages: filesFor('image'),
    siteKey,
    toolVersions: await versionsOf(sources.host, BASE_TOOLS),
  };
}

async function versionsOf(
  host: Host,
  tools: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const versions: [string, string][] = [];
  for (const tool of tools) versions.push([tool, await toolVersion(host, tool)]);
  // Node's zlib compresses the index: other versions may write other bytes.
  return Object.fromEntries([...versions, ['zlib', process.versions.zlib]]);
}
