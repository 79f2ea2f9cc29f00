import { keyFingerprint } from '../../../apk/trust/keys.ts';
import { digestOf } from '../../../core/digest.ts';
import type { Sha256 } from '../../../core/digest.ts';
import type { SharedInputs } from '../../engine.ts';

/** Everything that decides what all nodes' images have in common. */
export interface BaseInputs extends SharedInputs {
  readonly kernelRequests: readonly string[];
  /** Host programs that write parts of the base, with their version lines. */
  readonly toolVersions: Readonly<Record<string, string>>;
}

/** Raised whenever the engine makes other bytes from the same inputs. */
const ENGINE_VERSION = 2;

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
