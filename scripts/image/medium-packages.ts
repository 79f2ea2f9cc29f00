import { readIndex } from '../apk/index/index-format.ts';
import { compareStrings } from '../core/digest.ts';
import type { IsoImage } from './iso9660/iso-image.ts';

const INDEX = /^apks\/[^/]+\/APKINDEX\.tar\.gz$/;

/** Path on the medium of the index of its packages; undefined where it has none. */
export function mediumIndex(image: IsoImage): string | undefined {
  return [...image.entries.keys()].find((it) => INDEX.test(it));
}

/**
 * Versions of the packages on a medium, by name, in the order of names. Its index is believed as it is: whether it is
 * signed is for those to see who use it.
 *
 * @param file name of the image, for messages
 * @throws VipisoError malformed-archive, malformed-index
 */
export async function mediumPackages(
  image: IsoImage,
  file: string,
): Promise<ReadonlyMap<string, string>> {
  const index = mediumIndex(image);
  if (index === undefined) return new Map();
  const what = `/${index} of ${file}`;
  const { records } = readIndex(await image.read(index), 'allow-untrusted', { what });
  const versions = [...records].map(({ name, version }) => [name, version] as const);
  return new Map(versions.sort(([a], [b]) => compareStrings(a, b)));
}
