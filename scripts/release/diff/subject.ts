import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import type { PackageRecord } from '../../apk/model.ts';
import { VipisoError } from '../../core/errors.ts';
import type { TarEntry } from '../../formats/tar/tar-reader.ts';
import { ioError, isErrno } from '../../host/fs/errno.ts';
import { sha256OfFile } from '../../host/fs/hash-file.ts';
import { namesIn } from '../../host/fs/list-folder.ts';
import { withIsoImage } from '../../image/iso9660/iso-image.ts';
import { mediumRecords } from '../../image/medium-packages.ts';
import { ProofDocument } from '../../prove/certificate/document.ts';
import { upgradeProof } from '../../prove/certificate/upgrade.ts';
import { imageFacts } from '../contents/image-facts.ts';
import { RELEASE } from '../format/layout.ts';
import type { ReleaseImage, ReleaseManifest } from '../format/manifest.ts';
import { VulnerabilityReport } from '../format/vulnerabilities.ts';
import { partsOf, releaseOf } from '../inspect/describe.ts';
import type { ImagePart } from '../inspect/describe.ts';
import type { InstalledRelease } from '../inspect/installed-release.ts';
import { isRelease } from '../read/is-release.ts';
import { readRelease } from '../read/read-release.ts';

/** One of the two things that are held against each other, as far as it tells of itself. */
export interface DiffSubject {
  /** As the user named it. */
  readonly name: string;
  readonly images: readonly SubjectImage[];
  /** These three only of a release. */
  readonly manifest?: ReleaseManifest | undefined;
  readonly vulnerabilities?: VulnerabilityReport | undefined;
  readonly proof?: ProofDocument | undefined;
}

export interface SubjectImage {
  readonly node: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly parts: readonly ImagePart[];
  readonly kernelArguments: readonly string[];
  readonly services: Readonly<Record<string, readonly string[]>>;
  readonly packages: readonly PackageRecord[];
  /** Of the overlay: files and links, secrets included. */
  readonly entries: readonly TarEntry[];
  readonly release: InstalledRelease | undefined;
  /** What the manifest says of it. */
  readonly told: ReleaseImage | undefined;
}

/**
 * Reads a release folder, an image, or a folder of images.
 *
 * @param file absolute path
 * @param name as the user gave it
 * @throws VipisoError not-found, release-wrong, image-wrong, malformed-archive, malformed-index
 */
export async function diffSubject(file: string, name: string): Promise<DiffSubject> {
  const about = await stat(file).catch((error: unknown) => {
    throw ioError(error, 'read', file);
  });
  if (!about.isDirectory()) return { name, images: [await readImage(file)] };
  try {
    return await releaseSubject(file, name, (await readRelease(file)).manifest);
  } catch (error) {
    const images = (await namesIn(file)).filter((it) => it.endsWith('.iso'));
    // What `build` left has images and a manifest of another format, a release that is damaged has checksums to tell.
    if (images.length === 0 || (await isRelease(file))) throw error;
    return {
      name,
      images: await inTurn(images, async (it) => await readImage(path.join(file, it))),
    };
  }
}

/**
 * A release folder whose manifest was read; it need not be signed yet.
 *
 * @throws VipisoError release-wrong: a document cannot be read; image-wrong
 */
export async function releaseSubject(
  folder: string,
  name: string,
  manifest: ReleaseManifest,
): Promise<DiffSubject> {
  return {
    name,
    manifest,
    images: await inTurn(manifest.images, async (it) => readImage(path.join(folder, it.file), it)),
    vulnerabilities: await documentIn(folder, RELEASE.vulnerabilities, (value) =>
      VulnerabilityReport.safeParse(value),
    ),
    proof: await documentIn(folder, RELEASE.proof, (value) =>
      ProofDocument.safeParse(upgradeProof(value)),
    ),
  };
}

async function readImage(file: string, told?: ReleaseImage): Promise<SubjectImage> {
  const digest = await sha256OfFile(file);
  return await withIsoImage(file, async (image) => {
    const facts = await imageFacts(image, file);
    return {
      node: facts.node,
      sha256: digest,
      size: image.size,
      parts: partsOf(image, facts),
      kernelArguments: facts.kernelArguments,
      services: facts.services,
      packages: await mediumRecords(image, file),
      entries: facts.entries.filter(({ type }) => type !== 'directory'),
      release: releaseOf(facts),
      told,
    };
  });
}

/** Undefined where the release has no such document. */
async function documentIn<T>(
  folder: string,
  name: string,
  parse: (value: unknown) => z.ZodSafeParseResult<T>,
): Promise<T | undefined> {
  const file = path.join(folder, name);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw ioError(error, 'read', file);
  }
  const parsed = parse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new VipisoError('release-wrong', `${file} is not as vipiso release writes it`, {
    details: parsed.error.issues.slice(0, 3).map((it) => `${it.path.join('.')}: ${it.message}`),
    hint: 'Get the release again from where it was made.',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function inTurn<From, To>(
  all: readonly From[],
  work: (one: From) => Promise<To>,
): Promise<readonly To[]> {
  const done: To[] = [];
  for (const one of all) done.push(await work(one));
  return done;
}
