import { PackageURL } from 'packageurl-js';
import { compareStrings, sha256 } from '../../core/digest.ts';
import type { LockedPackage } from '../../packages/lock/format/schema.ts';
import type { DescribedPackage, PackageEdge } from '../contents/packages.ts';
import type { ReleaseManifest } from '../format/manifest.ts';

/** One thing of a release, in words that both formats have. */
export interface SbomItem {
  /** Letters, digits, dots and hyphens: unique in the document. */
  readonly ref: string;
  readonly kind: 'release' | 'image' | 'package' | 'file' | 'tool';
  readonly name: string;
  readonly version?: string | undefined;
  readonly description?: string | undefined;
  readonly purl?: string | undefined;
  /** As its maintainer wrote it; empty = not told. */
  readonly license?: string | undefined;
  readonly sha256?: string | undefined;
  readonly url?: string | undefined;
  /** Source package. */
  readonly origin?: string | undefined;
  /** Took part in the making and is not in an image. */
  readonly buildOnly?: boolean | undefined;
  /** Further facts, by name. */
  readonly properties: Readonly<Record<string, string>>;
}

/** What both documents of a release say. */
export interface Sbom {
  /** `2026.12` of `k8s`. */
  readonly root: SbomItem;
  readonly items: readonly SbomItem[];
  /** What each item needs, by `ref`. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Made the release and these documents. */
  readonly tool: SbomItem;
  /** UUID of what the documents tell of. */
  readonly uuid: string;
  /** Unix seconds. */
  readonly time: number;
}

/** @param manifest its documents are not looked at: these are made here */
export function sbomOf(
  manifest: ReleaseManifest,
  packages: readonly DescribedPackage[],
  edges: readonly PackageEdge[],
): Sbom {
  const root = rootItem(manifest);
  const tool = toolItem(manifest);
  const parts = packages.map((it) => packageItem(it, manifest));
  const images = manifest.images.map(imageItem);
  const files = manifest.images.flatMap(fileItems);
  const needs = new Map<string, string[]>();
  const add = (from: string, to: string): void => {
    needs.set(from, [...(needs.get(from) ?? []), to]);
  };
  for (const image of manifest.images) {
    add(root.ref, imageRef(image));
    for (const { locked } of packages) {
      if (!locked.for.every((it) => it === 'builder')) add(imageRef(image), packageRef(locked));
    }
    for (const { path } of image.configuration) add(imageRef(image), fileRef(image, path));
  }
  for (const { from, to } of edges) add(packageRef(from), packageRef(to));
  const items = [...images, ...parts, ...files].sort((a, b) => compareStrings(a.ref, b.ref));
  const sorted = [...needs].sort(([a], [b]) => compareStrings(a, b));
  const told = new Map(sorted.map(([from, to]) => [from, to.sort(compareStrings)]));
  const content = JSON.stringify([root, items, [...told], tool]);
  const time = manifest.sourceDateEpoch;
  return { root, items, needs: told, tool, uuid: uuidOf(sha256(content)), time };
}

type Image = ReleaseManifest['images'][number];

function rootItem({ cluster, version }: ReleaseManifest): SbomItem {
  const description =
    'HAProxy and keepalived in front of a Kubernetes API: one image for each node';
  return { ref: 'release', kind: 'release', name: cluster, version, description, properties: {} };
}

function toolItem({ tool }: ReleaseManifest): SbomItem {
  const { name, version, sha256: digest } = tool;
  const purl = new PackageURL('generic', undefined, name, version, undefined, undefined).toString();
  return { ref: 'tool', kind: 'tool', name, version, purl, sha256: digest, properties: {} };
}

function imageItem(image: Image): SbomItem {
  const { file, node, role, sha256: digest, size } = image;
  const properties = { node, role, size: String(size) };
  return { ref: imageRef(image), kind: 'image', name: file, sha256: digest, properties };
}

function packageItem({ locked, record }: DescribedPackage, { branch }: ReleaseManifest): SbomItem {
  const { name, version, arch, checksum, origin, repository } = locked;
  const qualifiers = { arch, distro: `alpine-${branch.replace(/^v/, '')}` };
  return {
    ref: packageRef(locked),
    kind: 'package',
    name,
    version,
    description: record.description === '' ? undefined : record.description,
    purl: new PackageURL('apk', 'alpine', name, version, qualifiers, undefined).toString(),
    license: record.license,
    sha256: locked.sha256,
    url: /^https?:\/\//.test(record.url) ? record.url : undefined,
    origin,
    buildOnly: locked.for.every((it) => it === 'builder'),
    properties: { origin, repository, 'apk-checksum': checksum, for: locked.for.join(' ') },
  };
}

/** Our own files and the user's. Of a file with secrets no digest is told: it could be guessed against. */
function fileItems(image: Image): readonly SbomItem[] {
  return image.configuration.map(({ path, sha256: digest, mode, secret }) => ({
    ref: fileRef(image, path),
    kind: 'file',
    name: path,
    sha256: secret === true || mode === undefined ? undefined : digest,
    properties: { node: image.node, ...(mode !== undefined && { mode }) },
  }));
}

function imageRef({ node }: Pick<Image, 'node'>): string {
  return `image-${plain(node)}`;
}

function packageRef({ name, version, sha256: digest }: LockedPackage): string {
  return `package-${plain(name)}-${plain(version)}-${digest.slice(0, 8)}`;
}

/** Paths may have any character: a digest keeps apart what `plain` makes equal. */
function fileRef({ node }: Image, path: string): string {
  return `file-${plain(node)}-${plain(path.slice(1))}-${sha256(path).slice(0, 8)}`;
}

function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]/g, '-');
}

/** A UUID of version 8 (RFC 9562): its bits are those of a digest. */
function uuidOf(digest: string): string {
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  const hex = `${digest.slice(0, 12)}8${digest.slice(13, 16)}${variant}${digest.slice(17, 32)}`;
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => hex.slice(from, to))
    .join('-');
}
