import { readFile } from 'node:fs/promises';
import type { KeySet, PackageRecord } from '../apk/model.ts';
import { openPackage } from '../apk/package/package-file.ts';
import { checkGrammar } from '../apk/package/package-identity.ts';
import type { RepositoryModel } from '../cluster/model.ts';
import { digestOf, isSha256, sha256 } from '../core/digest.ts';
import type { Sha256 } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { readDerived, writeDerived } from '../host/cache/derived-file.ts';
import type { Fetcher } from './sources.ts';
import type { LockedPackage } from './lock/format/schema.ts';
import { packageSources } from './repository-files.ts';

/** Kind of cache entry: the SHA-256 of the file that an index describes. */
const FILE_DIGESTS = 'file-digests';

interface PackagePlace {
  readonly repository: RepositoryModel;
  /** Of the repository. */
  readonly arch: string;
}

/** A file that is in the store; `fetched` tells that it was not there before. */
export interface FetchedPackage {
  readonly sha256: Sha256;
  readonly fetched: boolean;
}

/**
 * Brings the package that an index describes into the store and verifies it wholly: its signature where the key is
 * trusted, the control member and the identity against the index, the data member against the control member, the size.
 *
 * @throws VipisoError digest-mismatch, signature-invalid, malformed-package; and what a download throws
 */
export async function fetchChosen(
  { host, store, downloader }: Fetcher,
  record: PackageRecord,
  { repository, arch }: PackagePlace,
  keys: KeySet,
  onProgress: (bytes: number) => void,
): Promise<FetchedPackage> {
  const { name, version, checksum, size } = record;
  const what = `${name}-${version}.apk`;
  // Before they become a path.
  checkGrammar(record, what);
  const identity = digestOf([name, version, record.arch, checksum, size]);
  const known = (await readDerived(host, FILE_DIGESTS, identity))?.toString() ?? '';
  const stored = isSha256(known) ? await store.getBytes(known) : undefined;
  if (stored !== undefined && isSha256(known)) {
    openPackage(stored, { record, keys, what });
    onProgress(size);
    return { sha256: known, fetched: false };
  }
  return await downloader.fetch({
    what,
    sources: packageSources(repository, arch, record),
    key: identity,
    size,
    hintIfMissing:
      'The index names it, so the mirror is incomplete or just changing: try again or use another.',
    onProgress,
    accept: async (file) => {
      const bytes = await readFile(file);
      openPackage(bytes, { record, keys, what });
      const digest = sha256(bytes);
      await store.adopt(file, digest);
      await writeDerived(host, FILE_DIGESTS, identity, Buffer.from(digest));
      return { sha256: digest, fetched: true };
    },
  });
}

/**
 * Brings a package that a lock names into the store: the very bytes that were locked, and the package that they are
 * locked as.
 *
 * @throws VipisoError digest-mismatch, malformed-package; and what a download throws
 */
export async function fetchLockedPackage(
  { store, downloader }: Fetcher,
  locked: LockedPackage,
  { repository, arch }: PackagePlace,
  onProgress: (bytes: number) => void,
): Promise<FetchedPackage> {
  if ((await store.get(locked.sha256)) !== undefined) {
    onProgress(locked.size);
    return { sha256: locked.sha256, fetched: false };
  }
  const what = `${locked.name}-${locked.version}.apk`;
  return await downloader.fetch({
    what,
    sources: packageSources(repository, arch, locked),
    key: locked.sha256,
    size: locked.size,
    hintIfMissing: 'Mirrors drop superseded versions. Choose what is there now with: vipiso lock',
    onProgress,
    accept: async (file) => {
      const bytes = await readFile(file);
      const found = sha256(bytes);
      if (found !== locked.sha256) throw notTheLocked(what, locked.sha256, found);
      openPackage(bytes, { record: locked, what });
      await store.adopt(file, found);
      return { sha256: found, fetched: true };
    },
  });
}

function notTheLocked(what: string, locked: Sha256, found: Sha256): VipisoError {
  return new VipisoError('digest-mismatch', `${what} is not the file that the lock names`, {
    details: [`locked SHA-256 ${locked}`, `found  SHA-256 ${found}`],
    hint: 'If the repository replaced the package, lock again: vipiso lock',
  });
}
