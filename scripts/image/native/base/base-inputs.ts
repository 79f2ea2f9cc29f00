import { keyFingerprint } from '../../../apk/trust/keys.ts';
import { digestOf } from '../../../core/digest.ts';
import type { Sha256 } from '../../../core/digest.ts';
import type { PackageFile } from '../../../packages/package-files.ts';
import type { SiteKey } from '../../../packages/trust/site-key.ts';
import type { Profile } from '../../profile.ts';

/** Everything that decides what all nodes' images have in common. */
export interface BaseInputs {
  readonly arch: string;
  /** Alpine's branch: `v3.24`. */
  readonly branch: string;
  readonly flavour: string;
  readonly profileName: string;
  readonly profile: Profile;
  /** Unix seconds: SOURCE_DATE_EPOCH. */
  readonly epoch: number;
  /** In install order. */
  readonly kernelPackages: readonly PackageFile[];
  readonly kernelRequests: readonly string[];
  readonly imagePackages: readonly PackageFile[];
  readonly siteKey: SiteKey;
  /** Host programs that write parts of the base, with their version lines. */
  readonly toolVersions: Readonly<Record<string, string>>;
}

/** Raised whenever the engine makes other bytes from the same inputs. */
const ENGINE_VERSION = 1;

/** The cache key of a base, and what its release is named after. */
export function baseDigest(inputs: BaseInputs): Sha256 {
  const { kernelPackages, imagePackages, siteKey, ...rest } = inputs;
  return digestOf({
    ...rest,
    engine: `native ${ENGINE_VERSION}`,
    kernelPackages: kernelPackages.map(({ locked }) => locked.sha256),
    imagePackages: imagePackages.map(({ locked }) => locked.sha256),
    siteKey: [siteKey.signing.name, keyFingerprint(siteKey.publicKeyPem)],
  });
}
