import { readIndex } from '../../apk/index/index-format.ts';
import { sha256 } from '../../core/digest.ts';
import { readCpio } from '../../formats/cpio.ts';
import { readFat } from '../../formats/fat.ts';
import { readTar } from '../../formats/tar/tar-reader.ts';
import { gunzip } from '../gunzip.ts';
import { guarded } from './facts.ts';

/** Each package of an index: version and checksum. @param what names it in messages */
export function packageFacts(index: Buffer, what: string): ReadonlyMap<string, string> {
  const { records } = readIndex(index, 'allow-untrusted', { what });
  return new Map([...records].map((it) => [it.name, `${it.version} ${it.checksum}`]));
}

const FOR_OTHERS = 0o044;

/** Files and links of an overlay. Of those that only root may read no digest is told: they hold secrets. */
export function overlayFacts(overlay: Buffer, what: string): ReadonlyMap<string, string> {
  const context = { code: 'malformed-archive', what } as const;
  return new Map(
    [...readTar(gunzip(overlay, what), context)].map((entry) => {
      const digest = sha256(entry.content);
      const isOwners = (entry.mode & FOR_OTHERS) !== FOR_OTHERS;
      const content =
        entry.type === 'file' ? (isOwners ? guarded(digest) : digest) : entry.linkTarget;
      const owner = `${entry.uid}:${entry.gid}`;
      return [entry.path, `${entry.type} ${octal(entry.mode)} ${owner} ${content}`.trim()];
    }),
  );
}

/** The second initramfs: it holds a copy of the overlay. @param overlays digests of those on the medium, by path */
export function overlayImageFacts(
  archive: Buffer,
  overlays: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map(
    readCpio(archive).map(({ name, mode, content }) => {
      const digest = sha256(content);
      const told = overlays.get(name) === digest ? 'the overlay' : guarded(digest);
      return [name, `${octal(mode)} ${overlays.has(name) ? told : digest}`];
    }),
  );
}

/** Files of the FAT file system that UEFI machines start from. */
export function efiFacts(image: Buffer, what: string): ReadonlyMap<string, string> {
  return new Map([...readFat(image, what)].map(([path, content]) => [path, sha256(content)]));
}

function octal(mode: number): string {
  return mode.toString(8);
}
