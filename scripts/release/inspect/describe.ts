import { compareStrings, sha256 } from '../../core/digest.ts';
import { withIsoImage } from '../../image/iso9660/iso-image.ts';
import type { IsoImage } from '../../image/iso9660/iso-image.ts';
import { imageFacts } from '../contents/image-facts.ts';
import type { ImageFacts } from '../contents/image-facts.ts';
import { InstalledRelease } from './installed-release.ts';

/** A part of a medium, in bytes. */
export interface ImagePart {
  readonly part:
    'packages' | 'modloop' | 'initramfs' | 'kernel' | 'boot loaders' | 'overlay' | 'rest';
  readonly size: number;
}

/** What an image is, read from the image alone. It holds no secret: of files their digests are told, not their text. */
export interface InspectedImage {
  readonly node: string;
  readonly volumeId: string;
  /** Bytes. */
  readonly size: number;
  /** What `/etc/vipiso/release.json` says; absent in images of older versions. */
  readonly release: InstalledRelease | undefined;
  readonly kernelArguments: readonly string[];
  readonly services: Readonly<Record<string, readonly string[]>>;
  readonly packages: Readonly<Record<string, string>>;
  readonly configuration: readonly InspectedFile[];
  readonly parts: readonly ImagePart[];
}

export interface InspectedFile {
  readonly path: string;
  /** Octal. */
  readonly mode: string;
  readonly size: number;
  /** Absent where only root may read the file in the image: a digest of a secret could be guessed against. */
  readonly sha256?: string;
}

const RELEASE_FILE = 'etc/vipiso/release.json';
const FOR_OTHERS = 0o044;

/** @throws VipisoError image-wrong, not-found, permission, malformed-archive */
export async function inspectIso(file: string): Promise<InspectedImage> {
  return await withIsoImage(file, async (image) => {
    const facts = await imageFacts(image, file);
    return {
      node: facts.node,
      volumeId: image.volumeId,
      size: image.size,
      release: releaseOf(facts),
      kernelArguments: facts.kernelArguments,
      services: facts.services,
      packages: Object.fromEntries(facts.packages),
      configuration: configurationOf(facts),
      parts: partsOf(image, facts),
    };
  });
}

/** What the image says of its release, where it says so. */
export function releaseOf({ entries }: Pick<ImageFacts, 'entries'>): InstalledRelease | undefined {
  const entry = entries.find(({ path, type }) => path === RELEASE_FILE && type === 'file');
  if (entry === undefined) return undefined;
  try {
    return InstalledRelease.parse(JSON.parse(entry.content.toString('utf8')));
  } catch {
    // A user’s own file of that name, or one of a later version: the rest of the image is told all the same.
    return undefined;
  }
}

function configurationOf({ entries }: ImageFacts): readonly InspectedFile[] {
  return entries
    .filter(({ type }) => type === 'file')
    .map(({ path, mode, content }) => ({
      path: `/${path}`,
      mode: mode.toString(8).padStart(4, '0'),
      size: content.length,
      ...((mode & FOR_OTHERS) === FOR_OTHERS && { sha256: sha256(content) }),
    }))
    .sort((a, b) => compareStrings(a.path, b.path));
}

const PARTS: readonly (readonly [ImagePart['part'], RegExp])[] = [
  ['packages', /^apks\//],
  ['modloop', /^boot\/modloop-/],
  ['initramfs', /^boot\/initramfs-/],
  ['kernel', /^boot\/vmlinuz-/],
  ['overlay', /\.apkovl\.tar\.gz$|\/overlay\.img$/],
  ['boot loaders', /^(boot\/|efi\/)/],
];

/** Largest first. */
export function partsOf(
  image: IsoImage,
  facts: Pick<ImageFacts, 'overlayFile'>,
): readonly ImagePart[] {
  const sizes = new Map<ImagePart['part'], number>(PARTS.map(([part]) => [part, 0]));
  let told = 0;
  for (const { path, size, type } of image.entries.values()) {
    if (type !== 'file') continue;
    const isOverlay = path === facts.overlayFile;
    const part = isOverlay ? 'overlay' : PARTS.find(([, pattern]) => pattern.test(path))?.[0];
    if (part === undefined) continue;
    sizes.set(part, (sizes.get(part) ?? 0) + size);
    told += size;
  }
  const parts = [...sizes].map(([part, size]) => ({ part, size }));
  return [...parts, { part: 'rest' as const, size: Math.max(0, image.size - told) }].sort(
    (a, b) => b.size - a.size,
  );
}
