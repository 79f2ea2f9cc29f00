import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeIndexArchive } from '../../apk/index-archive.ts';
import type { PackageRecord } from '../../apk/model.ts';
import { recordOf } from '../../apk/package-file.ts';
import { isErrno } from '../../host/errno.ts';
import { LAYOUT } from '../layout.ts';
import { packageFileName, readLocked } from '../package-files.ts';
import type { PackageFile } from '../package-files.ts';
import { releaseName } from './release-name.ts';
import type { BaseInputs } from './base-inputs.ts';

/**
 * Lays the image's packages into the medium's tree, with an index of them alone, read from the files themselves and
 * signed by the site key: the only repository that the booting machine uses.
 */
export async function writeRepository(inputs: BaseInputs, tree: string): Promise<void> {
  const folder = path.join(tree, LAYOUT.packages, inputs.arch);
  await mkdir(folder, { recursive: true });
  const records: PackageRecord[] = [];
  for (const file of inputs.imagePackages) {
    const record = recordOf(await readLocked(file), packageFileName(file.locked));
    // As `apk index --rewrite-arch`: apk looks for a package in the folder of the architecture it is listed with.
    records.push({ ...record, arch: inputs.arch });
    await linkOrCopy(file, path.join(folder, packageFileName(file.locked)));
  }
  const index = writeIndexArchive({
    records,
    description: releaseName(inputs),
    epoch: inputs.epoch,
    key: inputs.siteKey.signing,
  });
  await writeFile(path.join(folder, 'APKINDEX.tar.gz'), index);
  await writeFile(path.join(tree, LAYOUT.bootRepository), '');
}

/** The cache holds the file already, mostly on the same file system. */
async function linkOrCopy(file: PackageFile, place: string): Promise<void> {
  try {
    await link(file.path, place);
  } catch (error) {
    if (!isErrno(error, 'EXDEV', 'EPERM', 'EMLINK', 'EACCES')) throw error;
    await copyFile(file.path, place);
  }
}
