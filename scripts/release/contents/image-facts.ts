import { compareStrings, sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { readTar } from '../../formats/tar/tar-reader.ts';
import type { TarEntry } from '../../formats/tar/tar-reader.ts';
import { syslinuxFacts } from '../../image/compare/boot-facts.ts';
import { gunzip } from '../../image/gunzip.ts';
import type { IsoImage } from '../../image/iso9660/iso-image.ts';
import { LAYOUT } from '../../image/layout.ts';
import { mediumPackages } from '../../image/medium-packages.ts';

/** What a finished image says of itself. */
export interface ImageFacts {
  readonly node: string;
  /** Path of the overlay on the medium. */
  readonly overlayFile: string;
  /** As packed. */
  readonly overlay: Buffer;
  readonly entries: readonly TarEntry[];
  readonly kernelArguments: readonly string[];
  /** Versions by name. */
  readonly packages: ReadonlyMap<string, string>;
  readonly services: Readonly<Record<string, readonly string[]>>;
}

const OVERLAY = /^([^/]+)\.apkovl\.tar\.gz$/;
const RUNLEVEL = /^etc\/runlevels\/([^/]+)\/([^/]+)$/;

/** @throws VipisoError image-wrong: it is no image of vipiso; malformed-archive, malformed-index */
export async function imageFacts(image: IsoImage, file: string): Promise<ImageFacts> {
  const [overlayFile, ...others] = [...image.entries.keys()].filter((it) => OVERLAY.test(it));
  if (overlayFile === undefined || others.length > 0) {
    throw new VipisoError('image-wrong', `${file} is no image of a node: it holds no one overlay`, {
      hint: 'Name an ISO that vipiso build or vipiso release made.',
    });
  }
  const overlay = await image.read(overlayFile);
  const entries = overlayEntries(overlay, `/${overlayFile} of ${file}`);
  return {
    node: OVERLAY.exec(overlayFile)?.[1] ?? '',
    overlayFile,
    overlay,
    entries,
    kernelArguments: await kernelArgumentsOf(image),
    packages: await mediumPackages(image, file),
    services: servicesOf(entries.map(({ path }) => path)),
  };
}

function overlayEntries(overlay: Buffer, what: string): readonly TarEntry[] {
  const context = { code: 'malformed-archive', what } as const;
  return [...readTar(gunzip(overlay, what), context)].map((entry) => ({
    ...entry,
    path: entry.path.replace(/^\.\//, '').replace(/\/$/, ''),
  }));
}

/** OpenRC's services by runlevel, sorted. @param paths of an overlay */
function servicesOf(paths: readonly string[]): Readonly<Record<string, string[]>> {
  const services = new Map<string, string[]>();
  for (const path of [...paths].sort(compareStrings)) {
    const [, level = '', name = ''] = RUNLEVEL.exec(path) ?? [];
    if (name !== '') services.set(level, [...(services.get(level) ?? []), name]);
  }
  return Object.fromEntries(services);
}

async function kernelArgumentsOf(image: IsoImage): Promise<readonly string[]> {
  if (!image.entries.has(LAYOUT.syslinuxConfig)) return [];
  const text = (await image.read(LAYOUT.syslinuxConfig)).toString('utf8');
  const [line = ''] = syslinuxFacts(text).arguments.values();
  return line.split(/\s+/).filter((word) => word !== '');
}

/** Digest of an entry as a manifest has it: of a file its content, of a link its target. */
export function entryDigest(entry: {
  readonly type: string;
  readonly content?: Buffer;
  readonly target?: string;
}): string | undefined {
  if (entry.type === 'file') return sha256(entry.content ?? '');
  return entry.type === 'symlink' ? sha256(entry.target ?? '') : undefined;
}
