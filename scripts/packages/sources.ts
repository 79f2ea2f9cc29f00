import type { AlpineModel, RepositoryModel } from '../cluster/model.ts';
import { ContentStore } from '../host/cache/content-store.ts';
import { Downloader } from '../host/download/download.ts';
import type { DownloadTimings } from '../host/download/download.ts';
import type { Host } from '../host/host.ts';

/** What the flags of a command say of where packages come from. */
export interface SourceFlags {
  /** Instead of the cluster file's; absent = those. */
  readonly repositories?: readonly RepositoryModel[] | undefined;
  /** Absolute path of the folder of trusted public keys, instead of the cluster file's. */
  readonly keysFolder?: string | undefined;
  /** Forbids the network: only folders and the cache are read. */
  readonly offline: boolean;
  /** Takes indexes without a trusted signature; the lock records it. */
  readonly allowUntrusted?: boolean | undefined;
  /** Takes indexes that are older than the locked ones. */
  readonly allowOlder?: boolean | undefined;
  /** Most bytes per second of all downloads together. */
  readonly rateLimit?: number | undefined;
  /** Absent = `DOWNLOAD_TIMINGS`. */
  readonly timings?: DownloadTimings | undefined;
}

/** What fetches files, and where they go. */
export interface Fetcher {
  readonly host: Host;
  readonly store: ContentStore;
  readonly downloader: Downloader;
}

/**
 * Where packages come from, whose signatures count, and what fetches them: a command opens it once and hands it down.
 * `await using` closes it.
 */
export interface PackageSources extends Fetcher, AsyncDisposable {
  /** `v3.24` or `edge`. */
  readonly branch: string;
  /** Alpine's name: `x86_64`. */
  readonly arch: string;
  readonly repositories: readonly RepositoryModel[];
  /** Absolute path of the folder of trusted public keys; absent = Alpine's official ones. */
  readonly keysFolder: string | undefined;
  readonly offline: boolean;
  readonly allowUntrusted: boolean;
  readonly allowOlder: boolean;
}

/** The sources of a cluster file, as the flags change them. Nothing is read yet. */
export function openSources(
  host: Host,
  { alpine }: { readonly alpine: Omit<AlpineModel, 'packages' | 'kernelFlavour' | 'aports'> },
  flags: SourceFlags,
): PackageSources {
  const downloader = new Downloader(host, flags);
  return {
    host,
    store: new ContentStore(host),
    downloader,
    branch: alpine.branch,
    arch: alpine.arch,
    repositories: flags.repositories ?? alpine.repositories,
    keysFolder: flags.keysFolder ?? alpine.keysFolder,
    offline: flags.offline,
    allowUntrusted: flags.allowUntrusted === true,
    allowOlder: flags.allowOlder === true,
    [Symbol.asyncDispose]: async () => await downloader.close(),
  };
}
