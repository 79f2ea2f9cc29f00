import path from 'node:path';
import type { Sha256 } from '../../core/digest.ts';
import { namesBelow, readBelow } from '../../host/below/files-below.ts';
import { listFolder } from '../../host/cache/digest-list.ts';
import type { Host } from '../../host/host.ts';
import { LAYOUT } from '../layout.ts';

/**
 * The files that mkimage makes for one image alone, beside the links to its sections: the EFI image, the release's name.
 *
 * @param work absolute path of the work folder; nothing writes to it any more
 * @param ending of the folder's name: architecture and profile
 * @returns SHA-256 by path on the medium
 */
export async function imageFiles(
  host: Host,
  work: string,
  ending: string,
): Promise<ReadonlyMap<string, Sha256>> {
  const files = new Map<string, Sha256>();
  for (const name of await namesBelow(work, '', 'refuse')) {
    if (!/^image-[0-9a-f]+-/.test(name) || !name.endsWith(`-${ending}`)) continue;
    // A link in its place is not followed.
    if ((await namesBelow(work, name, 'refuse')).length === 0) continue;
    for (const entry of await listFolder(host, path.join(work, name))) {
      if (entry.type === 'file') files.set(entry.path, entry.content as Sha256);
    }
  }
  return files;
}

/** isolinux.bin as the package has it, from the section that holds it; empty where none does. */
export async function isolinuxOf(work: string): Promise<Buffer> {
  for (const name of await namesBelow(work, '', 'refuse')) {
    if (!name.startsWith('syslinux_')) continue;
    const file = `${name}/${LAYOUT.isolinux}`;
    const content = await readBelow({ root: work, file, links: 'refuse' });
    if (content !== undefined) return content;
  }
  return Buffer.alloc(0);
}
