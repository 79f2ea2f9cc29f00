import { compareStrings, sha256 } from '../../core/digest.ts';
import { readCpio } from '../../formats/cpio.ts';
import type { CpioEntry } from '../../formats/cpio.ts';
import { gunzip } from '../gunzip.ts';

/** Folders that a merged `/usr` holds, the root having links in their place. */
const IN_USR = /^usr\/((?:s?bin|lib\w*)(?:\/.*)?)$/;
const TYPE_BITS = 0o170000;
const LINK = 0o120000;
const FOLDER = 0o040000;

/**
 * The files of an initramfs by path. Since mkinitfs 3.13 its `bin`, `sbin` and `lib` are links into `usr`: what lies
 * there has the path through the link (`lib/modules`), whichever layout an archive has, and which folders are links is
 * one fact of its own. Where an archive has a file in both places, the one below `usr` keeps its full path.
 *
 * @param archive gzip, as mkinitfs writes it
 * @param what names it in messages
 * @throws VipisoError malformed-archive
 */
export function initramfsFacts(archive: Buffer, what: string): ReadonlyMap<string, string> {
  const entries = readCpio(gunzip(archive, what)).map((entry) => {
    return { ...entry, name: entry.name.replace(/^\.\//, '') };
  });
  const merged = new Set(entries.filter(isMergedLink).map(({ name }) => name));
  const facts = new Map<string, string>();
  if (merged.size > 0) {
    facts.set('links into /usr', [...merged].sort(compareStrings).join(' '));
  }
  const ofRoot = entries.filter(({ name }) => !merged.has(name) && !IN_USR.test(name));
  for (const entry of ofRoot) facts.set(entry.name, factOf(entry));
  for (const entry of entries) {
    const short = IN_USR.exec(entry.name)?.[1];
    if (short === undefined) continue;
    const taken = facts.has(short);
    // A folder that is there twice, below the root and below usr, says nothing that its files do not.
    if (!taken) facts.set(short, factOf(entry));
    else if ((entry.mode & TYPE_BITS) !== FOLDER) facts.set(entry.name, factOf(entry));
  }
  return facts;
}

/** `lib -> usr/lib` or `lib -> /usr/lib` */
function isMergedLink({ name, mode, content }: CpioEntry): boolean {
  if ((mode & TYPE_BITS) !== LINK || !IN_USR.test(`usr/${name}`)) return false;
  return content.toString('utf8').replace(/^\//, '').replace(/\/$/, '') === `usr/${name}`;
}

function factOf({ mode, content }: CpioEntry): string {
  return `${mode.toString(8)} ${sha256(content)}`;
}
