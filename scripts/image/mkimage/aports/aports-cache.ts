import path from 'node:path';
import type { Sha256 } from '../../../core/digest.ts';
import { VipisoError } from '../../../core/errors.ts';
import { gzipMember } from '../../../formats/gzip-members.ts';
import { writeTar } from '../../../formats/tar/tar-writer.ts';
import { useCache } from '../../../host/cache/lease.ts';
import { writeFileAtomic } from '../../../host/fs/atomic-file.ts';
import type { Host } from '../../../host/host.ts';
import { readAportsScripts } from './aports-scripts.ts';
import type { AportsScripts } from './aports-scripts.ts';

/** Name in the cache of scripts by their digest: an archive that `readAportsScripts` takes. */
export function cachedAportsName(digest: Sha256): string {
  return `aports/${digest}.tar.gz`;
}

/** The same scripts give the same bytes. */
export function aportsArchive({ files }: AportsScripts): Buffer {
  const entries = files.map(({ name, executable, content }) => ({
    path: `scripts/${name}`,
    type: 'file' as const,
    mode: executable ? 0o755 : 0o644,
    mtime: 0,
    content,
  }));
  return gzipMember(writeTar(entries, { endMark: true }));
}

/** Remembers scripts, so that a lock that names them can be built from when their source is out of reach. */
export async function cacheAports(host: Host, scripts: AportsScripts): Promise<void> {
  await useCache(host);
  const file = path.join(host.cacheFolder, cachedAportsName(scripts.sha256));
  await writeFileAtomic(file, aportsArchive(scripts), { flush: false });
}

/** The scripts that a lock names, where an earlier run or a kit left them; they are judged by their digest. */
export async function cachedAports(host: Host, digest: Sha256): Promise<AportsScripts | undefined> {
  await useCache(host);
  const file = path.join(host.cacheFolder, cachedAportsName(digest));
  try {
    const scripts = await readAportsScripts(file);
    return scripts.sha256 === digest ? scripts : undefined;
  } catch (error) {
    const unusable = ['not-found', 'malformed-archive'];
    if (error instanceof VipisoError && unusable.includes(error.code)) return undefined;
    throw error;
  }
}
