import { sha256 } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import type { IsoImage } from '../iso9660/iso-image.ts';
import { gapsBetween } from '../iso9660/regions.ts';
import { LAYOUT } from '../layout.ts';

/** What was put onto an image. */
export interface ExpectedContent {
  /** Every file but the boot catalogue, by path on the medium. */
  readonly files: ReadonlyMap<string, Sha256>;
  /** isolinux.bin as the package has it: on the medium it holds its own place. */
  readonly isolinux: Buffer;
}

/** Holds every file of an image against what was put onto it, and what no file names against zeros. */
export async function contentFindings(
  image: IsoImage,
  { files, isolinux }: ExpectedContent,
): Promise<string[]> {
  const findings: string[] = [];
  for (const [path, wanted] of files) {
    if (image.entries.get(path)?.type !== 'file') {
      findings.push(`/${path} is missing`);
      continue;
    }
    const found = path === LAYOUT.isolinux ? sha256(isolinux) : await image.sha256(path);
    if (found !== wanted) findings.push(`/${path} is not the file that was put onto it`);
  }
  for (const { path, type } of image.entries.values()) {
    if (type === 'directory' || files.has(path) || path === LAYOUT.bootCatalog) continue;
    findings.push(`/${path} was not put onto it`);
  }
  return [...findings, ...(await unnamedFindings(image))];
}

/** Nobody reads these bytes, so nothing belongs there. */
async function unnamedFindings(image: IsoImage): Promise<string[]> {
  const { size, volumeSize, readAt } = image;
  const findings = size > volumeSize ? [`${size - volumeSize} bytes follow its volume`] : [];
  for (const { start, end } of gapsBetween(await image.regions(), Math.min(size, volumeSize))) {
    const bytes = await readAt(start, end - start);
    if (bytes.equals(Buffer.alloc(bytes.length))) continue;
    const at = bytes.findIndex((byte) => byte !== 0);
    findings.push(`the bytes at ${start + at} belong to no file and are not zero`);
  }
  return findings;
}
