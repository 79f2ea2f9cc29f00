import type { ClusterModel } from '../cluster/model.ts';
import type { Host } from '../host/host.ts';
import type { AportsScripts } from '../image/mkimage/aports-scripts.ts';
import type { MkimageInputs } from '../image/mkimage/inputs.ts';
import type { PackageFile } from '../image/package-files.ts';
import type { Profile } from '../image/profile.ts';
import type { SiteKey } from '../image/site-key.ts';
import { closureOf } from '../lockfile/closure.ts';
import type { Purpose } from '../lockfile/schema.ts';
import type { BuildLock } from './build-lock.ts';
import { fetchLocked } from './fetch.ts';

/** Fetches the locked packages and gathers everything that decides what mkimage makes for all nodes alike. */
export async function mkimageInputsOf(
  host: Host,
  about: {
    readonly cluster: ClusterModel;
    readonly profile: Profile;
    readonly locked: BuildLock;
    readonly siteKey: SiteKey;
    readonly scripts: AportsScripts;
    readonly offline: boolean;
  },
): Promise<MkimageInputs> {
  const { cluster, profile, siteKey, scripts } = about;
  const { lock, repositories } = about.locked;
  const find = await fetchLocked(host, { lock, repositories, offline: about.offline });
  const filesFor = (purpose: Purpose): Promise<PackageFile[]> =>
    Promise.all(closureOf(lock, purpose).map(async (it) => ({ locked: it, path: await find(it) })));
  return {
    arch: lock.arch,
    branch: lock.branch,
    flavour: cluster.alpine.kernelFlavour,
    profileName: cluster.image.profile,
    profile,
    epoch: lock.sourceDateEpoch,
    imagePackages: await filesFor('image'),
    kernelPackages: await filesFor('kernel'),
    builderPackages: await filesFor('builder'),
    builderRequests: lock.requests.builder ?? [],
    siteKey,
    scripts,
  };
}
