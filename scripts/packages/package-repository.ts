import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeIndexArchive } from '../apk/index/index-archive.ts';
import type { PackageRecord, SigningKey } from '../apk/model.ts';
import { recordOf } from '../apk/package/package-file.ts';
import type { ListedPackage } from '../apk/package/package-file.ts';
import { writePlainFile } from '../host/fs/plain-file.ts';
import { packageFileName, readLocked } from './package-files.ts';
import type { PackageFile } from './package-files.ts';

/** A package of our own making that lies in a repository beside the locked ones. */
export interface MadePackage {
  readonly name: string;
  readonly version: string;
  readonly bytes: Buffer;
}

/**
 * Lays packages into `<folder>/<arch>`, with an index of them alone, read from the files themselves and signed. Each
 * is written from the bytes that were held against the lock, and shares no inode with the cache: what damages the one
 * spares the other.
 *
 * @param about.folder absolute path; made if missing
 */
export async function writePackageRepository(about: {
  readonly folder: string;
  readonly arch: string;
  readonly packages: readonly PackageFile[];
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
  // package replaces is in the package alone.
  const list = (bytes: Buffer, name: string, listed?: ListedPackage): number =>
    records.push({ ...recordOf(bytes, name, listed), arch, replaces: [] });
  for (const file of about.packages) {
    const name = packageFileName(file.locked);
    const bytes = await readLocked(file);
    list(bytes, name, file.locked);
    await writePlainFile(path.join(folder, name), bytes);
  }
  for (const { name, version, bytes } of about.made ?? []) {
    const file = `${name}-${version}.apk`;
    list(bytes, file);
    await writePlainFile(path.join(folder, file), bytes);
  }
  const index = writeIndexArchive({ records, description, epoch, key });
  await writeFile(path.join(folder, 'APKINDEX.tar.gz'), index);
}
