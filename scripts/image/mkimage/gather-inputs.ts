import type { ClusterModel } from '../../cluster/model.ts';
import { fetchLocked } from '../../packages/fetch-locked.ts';
import { closureOf } from '../../packages/lock/format/closure.ts';
import type { Lockfile, Purpose } from '../../packages/lock/format/schema.ts';
import type { PackageFile } from '../../packages/package-files.ts';
import type { PackageSources } from '../../packages/sources.ts';
import type { SiteKey } from '../../packages/trust/site-key.ts';
import { keysInFolder } from '../../packages/trust/trusted-keys.ts';
import type { BuildLock } from '../ensure-lock.ts';
import type { Profile } from '../profile.ts';
import type { Aports } from './aports/aports.ts';
import { requireInterface } from './aports/script-interface.ts';
import { requireOneGeneration } from './builder/generation.ts';
import { hostTools } from './builder/host-tools.ts';
import type { MkimageInputs } from './inputs.ts';

/** Fetches the locked packages and gathers everything that decides what mkimage makes for all nodes alike. */
export async function mkimageInputsOf(
  sources: PackageSources,
  about: {
    readonly cluster: ClusterModel;
    readonly profile: Profile;
    readonly locked: BuildLock;
    readonly siteKey: SiteKey;
    readonly aports: Pick<Aports, 'scripts' | 'source'>;
    /** Whose tools mkimage runs with; absent = the lock's. */
    readonly builder?: 'lock' | 'host' | undefined;
  },
): Promise<MkimageInputs> {
  const { cluster, profile, siteKey, aports, builder = 'lock' } = about;
  const { scripts, source } = aports;
  requireInterface(scripts, source);
  const { host, keysFolder } = sources;
  const builderRequests = about.locked.lock.requests.builder ?? [];
  const wanted = { requests: builderRequests, locked: closureOf(about.locked.lock, 'builder') };
  const tools = builder === 'host' ? await hostTools(host.systemRoot, wanted) : undefined;
  const apk = (tools ?? wanted.locked).find(({ name }) => name === 'apk-tools');
  const { branch } = about.locked.lock;
  requireOneGeneration({ scripts, source, branch }, { from: builder, apkTools: apk?.version });
  const lock = tools === undefined ? about.locked.lock : withoutBuilder(about.locked.lock);
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
    imagePackages: filesFor('image'),
    kernelPackages: filesFor('kernel'),
    builder:
      tools === undefined
        ? { from: 'lock', packages: filesFor('builder') }
        : { from: 'host', tools },
    builderRequests,
    siteKey,
    packageKeys: keysFolder === undefined ? new Map() : await keysInFolder(keysFolder),
    scripts,
  };
}

/** The host has the tools: they need not be fetched. */
function withoutBuilder(lock: Lockfile): Lockfile {
  const packages = lock.packages.filter((it) => it.for.some((purpose) => purpose !== 'builder'));
  return { ...lock, packages };
}
