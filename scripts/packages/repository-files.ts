import { ADB_INDEX_FILE } from '../apk/index/adb-format.ts';
import { INDEX_FILE } from '../apk/index/index-format.ts';
import type { RepositoryModel } from '../cluster/model.ts';
import { below } from '../host/download/source-address.ts';

/** Every place where a repository's index may be had. */
export function indexSources(repository: RepositoryModel, arch: string): readonly string[] {
  return repository.bases.map((base) => below(base, `${arch}/${INDEX_FILE}`));
}

/** Where a repository that was made for apk-tools 3 alone keeps its index. */
export function adbIndexSources(repository: RepositoryModel, arch: string): readonly string[] {
  return repository.bases.map((base) => below(base, `${arch}/${ADB_INDEX_FILE}`));
}

/**
 * Every place where a package file may be had: in the folder of the architecture, as apk asks for it, or, where
 * a repository keeps its `noarch` packages apart, in the folder of the package's own.
 */
export function packageSources(
  repository: RepositoryModel,
  arch: string,
  file: { readonly name: string; readonly version: string; readonly arch: string },
): readonly string[] {
  const folders = [...new Set([arch, file.arch])];
  return repository.bases.flatMap((base) =>
    folders.map((folder) => below(base, `${folder}/${file.name}-${file.version}.apk`)),
  );
}
