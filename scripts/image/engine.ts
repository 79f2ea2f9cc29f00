import type { ClusterModel, ImageModel } from '../cluster/model.ts';
import type { Sha256 } from '../core/digest.ts';
import type { Host } from '../host/host.ts';
import type { NodeOverlay } from '../overlay/node-overlays.ts';
import type { PackageFile } from '../packages/package-files.ts';
import type { PackageSources } from '../packages/sources.ts';
import type { SiteKey } from '../packages/trust/site-key.ts';
import type { BuildLock } from './ensure-lock.ts';
import type { Aports } from './mkimage/aports/aports.ts';
import type { Profile } from './profile.ts';
import type { ReleaseId } from './release-id.ts';

/** What the flags say of how the images are made, instead of the cluster file. */
export interface EngineFlags {
  readonly name?: ImageModel['engine'] | undefined;
  /** Where mkimage's scripts come from: an absolute path or a URL. */
  readonly aports?: string | undefined;
  /** Whose tools mkimage runs with; absent = the lock's. */
  readonly builder?: 'lock' | 'host' | undefined;
}

/** What every engine is given. */
export interface EngineJob {
  readonly sources: PackageSources;
  readonly cluster: ClusterModel;
  readonly profile: Profile;
  readonly locked: BuildLock;
  readonly siteKey: SiteKey;
  readonly overlays: readonly NodeOverlay[];
  /** mkimage's scripts; absent where the engine needs none. */
  readonly aports?: Pick<Aports, 'scripts' | 'source'> | undefined;
  readonly builder?: EngineFlags['builder'];
  /**
   * To be awaited before anything is made: stops the build when the images' own programs refuse their files.
   * @returns what was not tested, and why
   */
  readonly accept: (imagePackages: readonly PackageFile[]) => Promise<readonly string[]>;
}

/** What decides the images' content for every engine alike. */
export interface SharedInputs {
  readonly arch: string;
  /** Alpine's branch: `v3.24`. */
  readonly branch: string;
  readonly flavour: string;
  readonly profileName: string;
  readonly profile: Profile;
  /** `image.modules` of the cluster file. */
  readonly modules: ImageModel['modules'];
  /** Unix seconds: SOURCE_DATE_EPOCH. */
  readonly epoch: number;
  /** In install order. */
  readonly imagePackages: readonly PackageFile[];
  readonly kernelPackages: readonly PackageFile[];
  readonly siteKey: SiteKey;
}

/** An image in the work folder. */
export interface NodeImage extends NodeOverlay {
  /** Absolute path. */
  readonly file: string;
  /** SHA-256 of what was put onto the medium beside the node's own files, by path on it. */
  readonly files: ReadonlyMap<string, Sha256>;
}

/** What an engine made of a cluster. */
export interface EngineResult {
  readonly inputs: SharedInputs;
  readonly images: readonly NodeImage[];
  /** Of all inputs of what the images have in common. */
  readonly base: Sha256;
  readonly release: ReleaseId;
  /** isolinux.bin as it was before the medium's writer changed it. */
  readonly isolinux: Buffer;
  /** Version lines of the programs that wrote parts of the images, by program. */
  readonly tools: Readonly<Record<string, string>>;
  /** What the images' own programs did not check of their files, and why: one sentence each. */
  readonly notTested: readonly string[];
}

/** Makes the images of a cluster: `native/engine.ts` by our own code, `mkimage/engine.ts` by Alpine's scripts. */
export interface Engine {
  /** Programs of the host that it starts. */
  readonly tools: readonly string[];
  /**
   * Makes the images in a folder.
   *
   * @param use looks at the images and takes them, before the engine keeps anything of them for later runs
   * @throws VipisoError cluster-invalid (by `accept`), digest-mismatch, tool-failed, image-wrong, disk-full, interrupted
   */
  readonly build: <T>(
    host: Host,
    job: EngineJob,
    folder: string,
    use: (made: EngineResult) => Promise<T>,
  ) => Promise<T>;
}
