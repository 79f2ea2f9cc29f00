import type { KeySet } from '../../apk/model.ts';
import { keyFingerprint } from '../../apk/trust/keys.ts';
import { digestOf } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import type { PackageFile } from '../../packages/package-files.ts';
import type { SharedInputs } from '../engine.ts';
import type { AportsScripts } from './aports/aports-scripts.ts';
import type { HostTool } from './builder/host-tools.ts';

/** Where mkimage's tools come from: locked packages, or an Alpine host. */
export type Builder =
  /** In install order. */
  | { readonly from: 'lock'; readonly packages: readonly PackageFile[] }
  | { readonly from: 'host'; readonly tools: readonly HostTool[] };

/** Everything that decides what mkimage makes for all nodes alike. */
export interface MkimageInputs extends SharedInputs {
  readonly builder: Builder;
  readonly builderRequests: readonly string[];
  /** Keys that the user named for the packages; empty = Alpine's own, which the builder root brings along. */
  readonly packageKeys: KeySet;
  readonly scripts: AportsScripts;
}

/** Raised whenever the engine makes other bytes from the same inputs. */
const ENGINE_VERSION = 3;

/**
 * What the release is named after, and the key of mkimage's finished sections: it holds what mkimage's own keys leave
 * out (signing key, tools, epoch, a package's content at an unchanged version).
 */
export function mkimageDigest(inputs: MkimageInputs): Sha256 {
  const { imagePackages, kernelPackages, builder, siteKey, ...others } = inputs;
  const { packageKeys, scripts, ...rest } = others;
  return digestOf({
    ...rest,
    engine: `mkimage ${ENGINE_VERSION}`,
    imagePackages: digestsOf(imagePackages),
    kernelPackages: digestsOf(kernelPackages),
    builderPackages: builderIdentity(builder),
    siteKey: [siteKey.signing.name, keyFingerprint(siteKey.publicKeyPem)],
    scripts: scripts.sha256,
    // They get into the initramfs.
    ...(packageKeys.size > 0 && {
      packageKeys: [...packageKeys].map(([name, pem]) => [name, keyFingerprint(pem)]),
    }),
  });
}

function digestsOf(packages: readonly PackageFile[]): readonly Sha256[] {
  return packages.map(({ locked }) => locked.sha256);
}

function builderIdentity(builder: Builder): readonly string[] {
  if (builder.from === 'host') return builder.tools.map(({ identity }) => identity).sort();
  return [...digestsOf(builder.packages)].sort();
}
