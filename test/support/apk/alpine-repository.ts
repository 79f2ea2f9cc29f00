import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeIndexArchive } from '../../../scripts/apk/index/index-archive.ts';
import { recordOf } from '../../../scripts/apk/package/package-file.ts';
import type { KeyPair } from '../../../scripts/apk/trust/keys.ts';
import type { ApkInput } from '../../lab/apk-writer.ts';
import { buildApk } from './apk-builder.ts';

export interface TestRepository {
  /** The folder that holds `x86_64/APKINDEX.tar.gz`. */
  readonly folder: string;
  /** File name of each package. */
  readonly files: readonly string[];
}

/** Writes a small signed repository of valid packages into `folder`. */
export function writeRepository(
  folder: string,
  packages: readonly (Partial<ApkInput> & { name: string })[],
  keys: KeyPair,
  description = 'test',
): TestRepository {
  const archFolder = path.join(folder, 'x86_64');
  mkdirSync(archFolder, { recursive: true });
  const built = packages.map((input) => buildApk(input, keys.signing));
  const records = built.map((bytes) => recordOf(bytes));
  const files = records.map(({ name, version }) => `${name}-${version}.apk`);
  files.forEach((name, index) => writeFileSync(path.join(archFolder, name), built[index] ?? ''));
  const index = writeIndexArchive({ records, description, epoch: 0, key: keys.signing });
  writeFileSync(path.join(archFolder, 'APKINDEX.tar.gz'), index);
  return { folder, files };
}

/** A folder of trusted keys, as `--keys` takes it. */
export function writeKeysFolder(folder: string, ...pairs: readonly KeyPair[]): string {
  mkdirSync(folder, { recursive: true });
  for (const { publicKey } of pairs)
    writeFileSync(path.join(folder, publicKey.name), publicKey.pem);
  return folder;
}
