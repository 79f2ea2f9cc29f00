import { sha256 } from '../../core/digest.ts';
import type { Host } from '../../host/host.ts';
import { withIsoImage } from '../iso9660/iso-image.ts';
import type { IsoImage } from '../iso9660/iso-image.ts';
import { LAYOUT } from '../layout.ts';
import { grubFacts, syslinuxFacts } from './boot-facts.ts';
import type { BootFacts } from './boot-facts.ts';
import type { Facts } from './facts.ts';
import { initramfsFacts } from './initramfs-facts.ts';
import { modloopFacts } from './modloop-facts.ts';
import { efiFacts, overlayFacts, overlayImageFacts, packageFacts } from './packed-facts.ts';
import { outsideFacts, structureDigest } from './outside-facts.ts';

/** An image by meaning. */
export interface DescribedIso {
  readonly facts: Facts;
  /** Files that are packed from what `facts` reports: SHA-256 of their bytes, by path. */
  readonly containers: ReadonlyMap<string, string>;
  /** SHA-256 of what places the files on the medium. */
  readonly structure: string;
}

interface Contained {
  readonly path: string;
  readonly bytes: Buffer;
}

/** The name of a release is in paths and arguments; it differs whenever anything does. */
const RELEASE_NAME = /vipiso-[0-9a-f]{8}(?=\/|$)/g;

/**
 * Reads an image into facts that can be compared: names of releases stand as `<release>`.
 *
 * @param file absolute path
 * @throws VipisoError not-found, image-wrong, malformed-index, unsupported-format, malformed-archive
 */
export async function describeIso(host: Host, file: string): Promise<DescribedIso> {
  return await withIsoImage(file, async (image) => {
    const containers = new Map<string, string>();
    const contained = async (pattern: RegExp): Promise<Contained[]> => {
      const paths = [...image.entries.keys()].filter((path) => pattern.test(path)).sort();
      const all: Contained[] = [];
      for (const path of paths) {
        const bytes = await image.read(path);
        containers.set(neutral(path), sha256(bytes));
        all.push({ path, bytes });
      }
      return all;
    };
    const overlays = await contained(/^[^/]+\.apkovl\.tar\.gz$/);
    const archives = await contained(/^boot\/initramfs-[^/]+$/);
    const modloops = await contained(/^boot\/modloop-[^/]+$/);
    const indexes = await contained(/^apks\/[^/]+\/APKINDEX\.tar\.gz$/);
    const overlayImages = await contained(/^[^/]+\/overlay\.img$/);
    const efiImages = await contained(/^boot\/grub\/efi\.img$/);
    const configs = await bootConfigs(image);
    const modloop = new Map<string, string>();
    for (const { path, bytes } of modloops) {
      const what = `/${path} of ${file}`;
      for (const it of await modloopFacts(host, bytes, what)) modloop.set(...it);
    }
    const facts: Facts = {
      medium: await mediumFacts(image),
      'boot entries': merged(configs.map(({ entries }) => entries)),
      'kernel arguments': merged(configs.map((it) => it.arguments)),
      packages: merged(indexes.map((it) => packageFacts(it.bytes, `/${it.path} of ${file}`))),
      // Only of packages that differ, by `packageFileDifferences`.
      'package files': new Map(),
      overlay: merged(overlays.map((it) => overlayFacts(it.bytes, `/${it.path} of ${file}`))),
      'overlay image': merged(
        overlayImages.map((it) =>
          overlayImageFacts(it.bytes, new Map(overlays.map(pathAndDigest))),
        ),
      ),
      initramfs: merged(
        archives.map(({ path, bytes }) => initramfsFacts(bytes, `/${path} of ${file}`)),
      ),
      modloop,
      'EFI image': merged(efiImages.map((it) => efiFacts(it.bytes, `/${it.path} of ${file}`))),
      files: await fileFacts(image, containers),
    };
    return { facts, containers, structure: await structureDigest(image) };
  });
}

async function mediumFacts(image: IsoImage): Promise<ReadonlyMap<string, string>> {
  const release = image.entries.has(LAYOUT.release) ? await image.read(LAYOUT.release) : '';
  return new Map([
    ['volume id', image.volumeId],
    ['boots as CD', String(image.boots.asCd)],
    ['boots as disk', String(image.boots.asDisk)],
    ['release', release.toString().trim()],
    ...(await outsideFacts(image)),
  ]);
}

async function bootConfigs(image: IsoImage): Promise<readonly BootFacts[]> {
  const readers = [
    [LAYOUT.syslinuxConfig, syslinuxFacts],
    [LAYOUT.grubConfig, grubFacts],
  ] as const;
  const facts: BootFacts[] = [];
  for (const [path, read] of readers) {
    if (image.entries.has(path)) facts.push(read(neutral((await image.read(path)).toString())));
  }
  return facts;
}

/** What no other section reports. */
async function fileFacts(
  image: IsoImage,
  containers: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const told = new Set<string>([LAYOUT.release, LAYOUT.syslinuxConfig, LAYOUT.grubConfig]);
  const facts = new Map<string, string>();
  for (const { path, type } of image.entries.values()) {
    const name = neutral(path);
    if (told.has(path) || containers.has(name)) continue;
    facts.set(name, type === 'file' ? await image.sha256(path) : type);
  }
  return facts;
}

function neutral(text: string): string {
  return text.replace(RELEASE_NAME, '<release>');
}

function pathAndDigest({ path, bytes }: Contained): readonly [string, string] {
  return [path, sha256(bytes)];
}

function merged(maps: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> {
  return new Map(maps.flatMap((map) => [...map]));
}
