import { readFile } from 'node:fs/promises';
import { adbError, isAdb } from '../apk/index/adb-format.ts';
import type { IndexArchive, Trust } from '../apk/index/index-archive.ts';
import { readIndex } from '../apk/index/index-format.ts';
import { encodeIndexCache, INDEX_CACHE_FORMAT } from '../apk/index/scan/index-cache.ts';
import type { RepositoryModel } from '../cluster/model.ts';
import { digestOf, isSha256, sha256 as digest } from '../core/digest.ts';
import type { Sha256 } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { step } from '../core/events.ts';
import { readDerived, writeDerived } from '../host/cache/derived-file.ts';
import type { Host } from '../host/host.ts';
import type { Fetcher, PackageSources } from './sources.ts';
import { adbIndexSources, indexSources } from './repository-files.ts';

/** A repository whose index was fetched and found to be what a trusted key signed. */
export interface OpenRepository {
  readonly model: RepositoryModel;
  readonly index: IndexArchive;
  /** Of the index file as it was fetched. */
  readonly sha256: Sha256;
  /** Unix seconds: build time of the newest package; 0 when the index tells none. */
  readonly newest: number;
}

const MAX_INDEX_BYTES = 256 * 1024 * 1024;
/** Kind of cache entry: which index was fetched last from a place. */
const LAST_INDEX = 'last-index';
/** Kind of cache entry: an index by its digest, ready to use. */
const PARSED_INDEX = 'parsed-index';
/** Whatever else the search for an index of apk-tools 3 ends in, the news is that there is none of ours. */
const SHOWN: ReadonlySet<string> = new Set(['unsupported-format', 'interrupted']);

/**
 * Fetches and verifies the index of each repository; offline, the one that was fetched last.
 *
 * @throws VipisoError signature-untrusted, signature-invalid, malformed-index, unsupported-format; and what a download
 *   throws
 */
export async function openRepositories(
  sources: PackageSources,
  trust: Trust,
): Promise<readonly OpenRepository[]> {
  const { host, arch } = sources;
  const about = { id: 'indexes', title: 'Reading package indexes' };
  const open = async (model: RepositoryModel): Promise<OpenRepository> => {
    const { index, sha256 } = await fetchIndex(sources, model, arch, async (bytes, sha256) => {
      return await openIndex(host, bytes, sha256, trust);
    });
    return { model, index, sha256, newest: index.records.newestBuild };
  };
  return await step(
    host.report,
    about,
    async () => await settled(sources.repositories.map(open)),
    (opened) => ({ summary: summaryOf(opened) }),
  );
}

/** All results, or the first failure once nothing is under way any more. */
async function settled<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}

/** Verifies an index, and reads it unless an earlier run has left these very bytes read. */
async function openIndex(
  host: Host,
  bytes: Buffer,
  sha256: Sha256,
  trust: Trust,
): Promise<IndexArchive> {
  const key = digestOf([INDEX_CACHE_FORMAT, sha256]);
  const known = await readDerived(host, PARSED_INDEX, key);
  const index = readIndex(bytes, trust, { cached: known });
  if (known === undefined) {
    await writeDerived(host, PARSED_INDEX, key, ...encodeIndexCache(index));
  }
  return index;
}

function summaryOf(opened: readonly OpenRepository[]): string {
  const packages = opened.reduce((sum, { index }) => sum + index.records.size, 0);
  return `${opened.map(({ model }) => model.name).join(', ')}: ${packages} packages`;
}

/**
 * Fetches one index.
 * @param open what makes something of its bytes; throws where they are not what they should be
 */
export async function fetchIndex<T>(
  { host, store, downloader }: Fetcher,
  repository: RepositoryModel,
  arch: string,
  open: (bytes: Buffer, sha256: Sha256) => Promise<T>,
): Promise<{ readonly index: T; readonly sha256: Sha256 }> {
  const sources = indexSources(repository, arch);
  const key = digestOf(['index', sources]);
  try {
    return await downloader.fetch({
      what: `the index of ${repository.name}`,
      sources,
      key,
      maxBytes: MAX_INDEX_BYTES,
      leavesFile: true,
      hintIfMissing: `A repository is the folder or URL that holds ${arch}/APKINDEX.tar.gz.`,
      accept: async (file) => {
        const bytes = await readFile(file);
        const sha256 = digest(bytes);
        const index = await open(bytes, sha256);
        await store.keepBytes(bytes, sha256);
        await writeDerived(host, LAST_INDEX, key, Buffer.from(sha256));
        return { index, sha256 };
      },
    });
  } catch (error) {
    if (!(error instanceof VipisoError)) throw error;
    if (error.code === 'not-found') await refuseAdbIndex(downloader, repository, arch);
    if (error.code !== 'offline') throw error;
    const last = (await readDerived(host, LAST_INDEX, key))?.toString() ?? '';
    const bytes = isSha256(last) ? await store.getBytes(last) : undefined;
    if (bytes === undefined || !isSha256(last)) throw error;
    return { index: await open(bytes, last), sha256: last };
  }
}

/**
 * Looks whether a repository without an index of ours has one of apk-tools 3.
 * @throws VipisoError unsupported-format where it does, with its place
 */
async function refuseAdbIndex(
  downloader: Fetcher['downloader'],
  repository: RepositoryModel,
  arch: string,
): Promise<void> {
  const sources = adbIndexSources(repository, arch);
  try {
    await downloader.fetch({
      what: `the index of ${repository.name}`,
      sources,
      key: digestOf(['adb-index', sources]),
      maxBytes: MAX_INDEX_BYTES,
      leavesFile: true,
      accept: async (file) => {
        if (isAdb(await readFile(file))) throw adbError('The package index');
      },
    });
  } catch (error) {
    if (error instanceof VipisoError && !SHOWN.has(error.code)) return;
    throw error;
  }
}
