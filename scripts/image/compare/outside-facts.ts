import { createHash } from 'node:crypto';
import { BOOT_CODE_BYTES } from '../audit/boot-records.ts';
import type { IsoImage } from '../iso9660/iso-image.ts';
import { gapsBetween } from '../iso9660/regions.ts';

/**
 * What an image has outside of its files: boot code of disks, bytes that nothing names, bytes behind the end of the
 * volume. Zeros in gaps say nothing.
 */
export async function outsideFacts(image: IsoImage): Promise<readonly [string, string][]> {
  const { size, volumeSize } = image;
  const facts: [string, string][] = [['boot code', await digestOf(image, [[0, BOOT_CODE_BYTES]])]];
  const between: [number, number][] = [];
  for (const { start, end } of gapsBetween(await image.regions(), Math.min(size, volumeSize))) {
    const bytes = await image.readAt(start, end - start);
    if (bytes.some((byte) => byte !== 0)) between.push([start, end]);
  }
  if (between.length > 0) {
    facts.push([
      'bytes that no file names',
      `${placesOf(between)} ${await digestOf(image, between)}`,
    ]);
  }
  if (size > volumeSize) {
    const digest = await digestOf(image, [[volumeSize, size]]);
    facts.push(['bytes behind the volume', `${size - volumeSize} ${digest}`]);
  }
  return facts;
}

/**
 * SHA-256 of what places the files: partition tables, descriptors, path tables, folders. It differs whenever a file is
 * larger or has another name.
 */
export async function structureDigest(image: IsoImage): Promise<string> {
  const regions = (await image.regions()).filter(({ kind }) => kind === 'structure');
  return await digestOf(
    image,
    regions.map(({ start, end }) => [start, end] as const),
  );
}

const CHUNK = 1024 * 1024;

async function digestOf(
  image: IsoImage,
  stretches: readonly (readonly [start: number, end: number])[],
): Promise<string> {
  const hash = createHash('sha256');
  for (const [start, end] of stretches) {
    for (let at = start; at < end; at += CHUNK) {
      hash.update(await image.readAt(at, Math.min(CHUNK, end - at)));
    }
  }
  return hash.digest('hex');
}

function placesOf(stretches: readonly (readonly [start: number, end: number])[]): string {
  const [first] = stretches;
  const more = stretches.length > 1 ? ` and ${stretches.length - 1} more` : '';
  return `${first?.[0] ?? 0}-${first?.[1] ?? 0}${more}`;
}
