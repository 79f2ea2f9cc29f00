import type { ReleaseManifest } from '../format/manifest.ts';
import { RELEASE } from '../format/layout.ts';

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';
const BUILD_TYPE = 'urn:vipiso:release:1';
/** Whoever holds the signing key: nobody else vouches for the machine. */
const BUILDER = 'urn:vipiso:site-key';

interface Descriptor {
  readonly name?: string;
  readonly uri?: string;
  readonly digest: { readonly sha256: string };
}

/**
 * The provenance of a release: an in-toto statement (v1) with SLSA's predicate (v1). Its subjects are the images and
 * the manifest, its dependencies are all that decided them. It has no time and no name of a machine: the same inputs,
 * the same bytes.
 *
 * @param manifestDigest SHA-256 of manifest.json
 */
export function provenanceText(manifest: ReleaseManifest, manifestDigest: string): string {
  const { inputs, tool, engine, version, profile, sourceDateEpoch, signingKey } = manifest;
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [
      ...manifest.images
        .flatMap((image) => [image, ...(image.disks ?? [])])
        .map(({ file, sha256 }) => ({ name: file, digest: { sha256 } })),
      { name: RELEASE.manifest, digest: { sha256: manifestDigest } },
    ],
    predicateType: PREDICATE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: {
          version,
          engine,
          cluster: inputs.cluster,
          nodes: manifest.images.map(({ node }) => node),
        },
        internalParameters: { profile, sourceDateEpoch, tools: manifest.tools },
        resolvedDependencies: dependenciesOf(manifest),
      },
      runDetails: {
        builder: {
          id: `${BUILDER}:${signingKey.fingerprint}`,
          version: { [tool.name]: tool.version },
        },
      },
    },
  };
  return `${JSON.stringify(statement, null, 2)}\n`;
}

/** The materials: tool, cluster file, lock and what they call for, keys, aports' scripts, packages. */
export function dependenciesOf({ tool, inputs, packages }: ReleaseManifest): readonly Descriptor[] {
  return [
    {
      name: tool.name,
      uri: `pkg:generic/${tool.name}@${encodeURIComponent(tool.version)}`,
      digest: { sha256: tool.sha256 },
    },
    ...inputs.files.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
    ...inputs.keys.map(({ name, fingerprint }) => ({ name, digest: { sha256: fingerprint } })),
    ...(inputs.aports === undefined
      ? []
      : [{ name: 'aports/scripts', digest: { sha256: inputs.aports.sha256 } }]),
    ...packages.map(({ name, version, arch, sha256 }) => ({
      name: `${name}-${version}.apk`,
      uri: `pkg:apk/alpine/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${arch}`,
      digest: { sha256 },
    })),
  ];
}
