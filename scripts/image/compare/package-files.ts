import { openPackage } from '../../apk/package/package-file.ts';
import type { DataEntry } from '../../apk/package/package-file.ts';
import { sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { withIsoImage } from '../iso9660/iso-image.ts';
import type { IsoImage } from '../iso9660/iso-image.ts';
import { compareMaps } from './facts.ts';
import type { Difference } from './facts.ts';

interface ChangedPackage {
  readonly name: string;
  /** Paths of its file on either medium. */
  readonly a: string;
  readonly b: string;
}

/**
 * What differs inside the packages that both images have with another content: scripts and files, by name of the package
 * and path.
 *
 * @param a, b absolute paths of the images
 * @param found differences of their package indexes and files
 */
export async function packageFileDifferences(
  a: string,
  b: string,
  found: readonly Difference[],
): Promise<readonly Difference[]> {
  return await withIsoImage(a, async (first) =>
    withIsoImage(b, async (second) => {
      const all: Difference[] = [];
      for (const it of changedPackages(first, second, found)) {
        const before = await contentOf(first, it.name, it.a);
        const after = await contentOf(second, it.name, it.b);
        all.push(...compareMaps('package files', before, after));
      }
      return all;
    }),
  );
}

function changedPackages(
  first: IsoImage,
  second: IsoImage,
  found: readonly Difference[],
): readonly ChangedPackage[] {
  return found.flatMap(({ section, name, a, b }): ChangedPackage[] => {
    if (a === undefined || b === undefined) return [];
    if (section === 'files' && name.endsWith('.apk'))
      return [{ name: name.replace(/^.*\/|\.apk$/g, ''), a: name, b: name }];
    if (section !== 'packages') return [];
    const [from, to] = [fileOf(first, name, a), fileOf(second, name, b)];
    // Those of one version are files with other bytes.
    return from === undefined || to === undefined || from === to ? [] : [{ name, a: from, b: to }];
  });
}

/** @param about version and checksum, as the facts of a package are */
function fileOf(image: IsoImage, name: string, about: string): string | undefined {
  const [version = ''] = about.split(' ');
  return [...image.entries.keys()].find((it) => it.endsWith(`/${name}-${version}.apk`));
}

async function contentOf(
  image: IsoImage,
  name: string,
  file: string,
): Promise<ReadonlyMap<string, string>> {
  try {
    const opened = openPackage(await image.read(file), { what: `/${file}` });
    return new Map([
      ...[...opened.scripts].map(
        ([script, text]) => [`${name}: .${script}`, sha256(text)] as const,
      ),
      ...[...opened.entries()].map((entry) => [`${name}: ${entry.path}`, factOf(entry)] as const),
    ]);
  } catch (error) {
    if (!(error instanceof VipisoError)) throw error;
    return new Map([[`${name}: the package itself`, error.message]]);
  }
}

function factOf({ type, mode, uid, gid, content, linkTarget }: DataEntry): string {
  const what = type === 'file' ? sha256(content) : linkTarget;
  return `${type} ${mode.toString(8)} ${uid}:${gid} ${what}`.trim();
}
