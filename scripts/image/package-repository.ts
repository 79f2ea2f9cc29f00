import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeIndexArchive } from '../apk/index-archive.ts';
import type { PackageRecord, SigningKey } from '../apk/model.ts';
import { recordOf } from '../apk/package-file.ts';
import type { ListedPackage } from '../apk/package-file.ts';
import { isErrno } from '../host/errno.ts';
import { packageFileName, readLocked } from './package-files.ts';
import type { PackageFile } from './package-files.ts';

/** A package of our own making that lies in a repository beside the locked ones. */
export interface MadePackage {
  readonly name: string;
  readonly version: string;
  readonly bytes: Buffer;
}

/**
 * Lays packages into `<folder>/<arch>`, with an index of them alone, read from the files themselves and signed.
 *
 * @param about.folder absolute path; made if missing
 */
export async function writePackageRepository(about: {
  readonly folder: string;
  readonly arch: string;
  readonly packages: readonly PackageFile[];
  /** `link`: hard links to the cache where they can be, for folders that nobody writes to. */
  readonly files: 'link' | 'copy';
  readonly made?: readonly MadePackage[];
  readonly description: string;
  readonly epoch: number;
  readonly key: SigningKey;
}): Promise<void> {
  const { arch, description, epoch, key } = about;
  const folder = path.join(about.folder, arch);
  await mkdir(folder, { recursive: true });
  const records: PackageRecord[] = [];
  // As `apk index --rewrite-arch`: apk looks for a package in the folder of the architecture it is listed with. What a
  // package replaces stands in the package alone.
  const list = (bytes: Buffer, name: string, listed?: ListedPackage): number =>
    records.push({ ...recordOf(bytes, name, listed), arch, replaces: [] });
  for (const file of about.packages) {
    const name = packageFileName(file.locked);
    list(await readLocked(file), name, file.locked);
    await lay(file, path.join(folder, name), about.files);
  }
  for (const { name, version, bytes } of about.made ?? []) {
    const file = `${name}-${version}.apk`;
    list(bytes, file);
    await writeFile(path.join(folder, file), bytes);
  }
  const index = writeIndexArchive({ records, description, epoch, key });
  await writeFile(path.join(folder, 'APKINDEX.tar.gz'), index);
}

/** The cache holds the file already, mostly on the same file system. */
async function lay(file: PackageFile, place: string, how: 'link' | 'copy'): Promise<void> {
  if (how === 'link') {
    try {
      await link(file.path, place);
      return;
    } catch (error) {
      if (!isErrno(error, 'EXDEV', 'EPERM', 'EMLINK', 'EACCES')) throw error;
    }
  }
  await copyFile(file.path, place);
}
