import { readIndex } from '../apk/index/index-format.ts';
import type { PackageRecord } from '../apk/model.ts';
import { compareStrings } from '../core/digest.ts';
import type { IsoImage } from './iso9660/iso-image.ts';

const INDEX = /^apks\/[^/]+\/APKINDEX\.tar\.gz$/;

/** Path on the medium of the index of its packages; undefined where it has none. */
export function mediumIndex(image: IsoImage): string | undefined {
  return [...image.entries.keys()].find((it) => INDEX.test(it));
}

/**
 * Versions of the packages on a medium, by name, in the order of names.
 *
 * @param file name of the image, for messages
 * @throws VipisoError malformed-archive, malformed-index
 */
export async function mediumPackages(
  image: IsoImage,
  file: string,
): Promise<ReadonlyMap<string, string>> {
  const records = await mediumRecords(image, file);
  return new Map(records.map(({ name, version }) => [name, version]));
}

/**
 * What the index of a medium says of its packages, in the order of names. It is believed as it is: whether it is signed
 * is for those to see who use it.
 *
 * @param file name of the image, for messages
 * @throws VipisoError malformed-archive, malformed-index
 */
export async function mediumRecords(
  image: IsoImage,
  file: string,
): Promise<readonly PackageRecord[]> {
  const index = mediumIndex(image);
  if (index === undefined) return [];
  const what = `/${index} of ${file}`;
  const { records } = readIndex(await image.read(index), 'allow-untrusted', { what });
  return [...records].sort((a, b) => compareStrings(a.name, b.name));
}
