import { stat } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import { ioError } from '../host/fs/errno.ts';
import { namesIn } from '../host/fs/list-folder.ts';
import type { Host } from '../host/host.ts';
import { compareImages } from '../image/compare/compare-images.ts';
import type { Comparison } from '../image/compare/compare-images.ts';
import { diffSubjects } from '../release/diff/diff.ts';
import type { ReleaseDiff } from '../release/diff/model.ts';
import { diffSubject } from '../release/diff/subject.ts';

/**
 * What one release, or image, changes against another. Neither is verified: that is `vipiso verify`.
 *
 * @param a, b release folder, image, or folder of images, as the user gave it
 * @throws VipisoError not-found, release-wrong, image-wrong, malformed-archive, malformed-index
 */
export async function diffReleases(host: Host, a: string, b: string): Promise<ReleaseDiff> {
  const at = (name: string): string => path.resolve(host.cwd, name);
  return diffSubjects(await diffSubject(at(a), a), await diffSubject(at(b), b));
}

export interface BytesDiff {
  readonly images: readonly ({ readonly a: string; readonly b: string } & Comparison)[];
  readonly equal: boolean;
  readonly text: readonly string[];
}

/**
 * The same for who has to know the file: images are compared one by one, in folders those of the same name.
 *
 * @throws VipisoError tool-missing, not-found, image-wrong, malformed-archive, malformed-index; usage: no image to compare
 */
export async function diffBytes(host: Host, a: string, b: string): Promise<BytesDiff> {
  const images: BytesDiff['images'][number][] = [];
  for (const [from, to] of await pairsOf(host, a, b)) {
    const at = (name: string): string => path.resolve(host.cwd, name);
    images.push({ a: from, b: to, ...(await compareImages(host, at(from), at(to))) });
  }
  const [only, ...more] = images;
  const text =
    only !== undefined && more.length === 0
      ? only.text
      : images.flatMap((it) => [`${it.a} ${it.b}`, ...it.text.map((line) => `  ${line}`)]);
  return { images, equal: images.every(({ equal }) => equal), text };
}

async function pairsOf(
  host: Host,
  a: string,
  b: string,
): Promise<readonly (readonly [string, string])[]> {
  const [first, second] = [await imagesIn(host, a), await imagesIn(host, b)];
  if (first === undefined && second === undefined) return [[a, b]];
  const [olds, news] = [first ?? [path.basename(a)], second ?? [path.basename(b)]];
  const both = olds.filter((name) => news.includes(name));
  const one = olds
    .filter((name) => !both.includes(name))
    .concat(news.filter((name) => !both.includes(name)));
  if (both.length === 0 || (one.length > 0 && first !== undefined && second !== undefined))
    throw new VipisoError('usage', `${a} and ${b} have no images of the same names`, {
      details: one.map((name) => `only one has ${name}`),
      hint: 'Name two images.',
    });
  const place = (given: string, isFolder: boolean, name: string): string =>
    isFolder ? path.join(given, name) : given;
  return both.map((name) => [
    place(a, first !== undefined, name),
    place(b, second !== undefined, name),
  ]);
}

/** Undefined for what is no folder. */
async function imagesIn(host: Host, name: string): Promise<readonly string[] | undefined> {
  const place = path.resolve(host.cwd, name);
  const about = await stat(place).catch((error: unknown) => {
    throw ioError(error, 'read', place);
  });
  if (!about.isDirectory()) return undefined;
  return (await namesIn(place)).filter((it) => it.endsWith('.iso'));
}
