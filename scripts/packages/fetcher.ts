import { ContentStore } from '../host/cache/content-store.ts';
import { Downloader } from '../host/download/download.ts';
import type { DownloadTimings } from '../host/download/download.ts';
import type { Host } from '../host/host.ts';

/** What a workflow fetches with and where it puts what it fetched. */
export interface Fetcher {
  readonly host: Host;
  readonly store: ContentStore;
  readonly downloader: Downloader;
}

export interface FetcherOptions {
  /** Forbids the network: only folders and the cache are read. */
  readonly offline: boolean;
  readonly timings?: DownloadTimings | undefined;
  /** Most bytes per second of all downloads together. */
  readonly rateLimit?: number | undefined;
}

export async function withFetcher<T>(
  host: Host,
  { offline, timings, rateLimit }: FetcherOptions,
  work: (fetcher: Fetcher) => Promise<T>,
): Promise<T> {
  const downloader = new Downloader(host, { offline, timings, rateLimit });
  try {
    return await work({ host, store: new ContentStore(host), downloader });
  } finally {
    await downloader.close();
  }
}
