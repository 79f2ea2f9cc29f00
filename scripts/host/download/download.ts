import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { VipisoError } from '../../core/errors.ts';
import { isErrno } from '../fs/errno.ts';
import type { Host } from '../host.ts';
import {
  askedPauseMs,
  downloadSource,
  failuresOf,
  isPermanent,
  isRejection,
  originOf,
} from './download-source.ts';
import type { DownloadSource } from './download-source.ts';
import { httpDispatcher } from './http-dispatcher.ts';
import type { HttpTimings } from './http-get.ts';
import { claimPartial, removeEmptyPartials } from './partial-file.ts';
import type { PartialFile } from './partial-file.ts';
import { SourceHealth } from './source-health.ts';
import { throttle } from './throttle.ts';
import type { Throttle } from './throttle.ts';
import { allSourcesFailed, TransferFailure } from './transfer-failure.ts';
import { transfer } from './transfer.ts';

export interface DownloadTimings extends HttpTimings {
  /** Pauses between the rounds over all sources; their number is that of the retries. */
  readonly pausesMs: readonly number[];
  /** Longest pause that a server's Retry-After is granted. */
  readonly longestPauseMs: number;
  /** A server or a file that fails for so long without bringing anything is not asked for again. */
  readonly retryForMs: number;
}

/**
 * Whatever one server does (silence, a byte a second, a Retry-After of a day), a file is given up after at most
 * `retryForMs` and one more attempt: 80 seconds. Of several servers each is asked at least once.
 */
export const DOWNLOAD_TIMINGS: DownloadTimings = {
  connectMs: 10_000,
  idleMs: 20_000,
  slowAfterMs: 20_000,
  minBytesPerSecond: 1000,
  pausesMs: [500, 1000, 2000, 4000],
  longestPauseMs: 15_000,
  retryForMs: 60_000,
};

export interface DownloadRequest<T> {
  /** What is fetched, for messages: `haproxy-3.4.0-r0.apk`. */
  readonly what: string;
  /** Equivalent places, first choice first: https, http and file URLs, or paths. */
  readonly sources: readonly string[];
  /** Names the content across runs: what was received under it is continued. */
  readonly key: string;
  /** Exact size in bytes, where known. */
  readonly size?: number | undefined;
  /** Where the size is not known: more than this is refused. */
  readonly maxBytes?: number | undefined;
  /** Bytes that are there so far; falls when a transfer starts over. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** The verdict reads the file and leaves it where it is: one of a folder need not be copied first. */
  readonly leavesFile?: boolean | undefined;
  /** What to do when no source has the file. */
  readonly hintIfMissing?: string | undefined;
  /**
   * Judges the whole file before it counts as fetched, and takes it (moves or reads it). A `VipisoError`
   * rejects the content: it is thrown away and another source asked.
   */
  readonly accept: (file: string) => Promise<T>;
}

const MAX_BYTES = 4 * 1024 ** 3;
const UNREADABLE = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES'];

/**
 * Fetches files, with fail-over between equivalent sources, retries with growing pauses, and resumption. Proxies
 * come from `http_proxy`, `https_proxy` and `no_proxy`. Sources that made trouble are asked last from then on.
 */
export class Downloader {
  private readonly host: Host;
  private readonly offline: boolean;
  private readonly timings: DownloadTimings;
  private connections: Promise<Dispatcher> | undefined;
  private readonly throttle: Throttle;
  private readonly health: SourceHealth;

  constructor(
    host: Host,
    options: {
      readonly offline: boolean;
      readonly timings?: DownloadTimings | undefined;
      /** Most bytes per second of all transfers together. */
      readonly rateLimit?: number | undefined;
    },
  ) {
    this.host = host;
    this.offline = options.offline;
    this.timings = options.timings ?? DOWNLOAD_TIMINGS;
    this.health = new SourceHealth(host, this.timings.retryForMs);
    this.throttle = throttle(host, options.rateLimit);
  }

  /** Ends idle connections, which would keep the process alive; tidies up behind killed runs. */
  async close(): Promise<void> {
    await removeEmptyPartials(this.host);
    const connections = await this.connections;
    await connections?.destroy();
  }

  private connect(): Promise<Dispatcher> {
    this.connections ??= httpDispatcher(this.host, this.timings.connectMs);
    return this.connections;
  }

  /**
   * @throws VipisoError what `accept` threw when all sources were rejected; not-found, network, timeout,
   *   digest-mismatch (wrong length); offline, interrupted, disk-full, permission
   */
  async fetch<T>(request: DownloadRequest<T>): Promise<T> {
    const candidates = this.candidates(request);
    const inPlace = await acceptInPlace(request, candidates);
    if (inPlace !== undefined) return inPlace.accepted;
    const partial = await claimPartial(this.host, request.key);
    try {
      const result =
        (await this.alreadyWhole(request, partial)) ??
        (await this.rounds(request, candidates, partial));
      await partial.discard();
      return result.accepted;
    } catch (error) {
      await partial.handBack();
      throw error;
    }
  }

  private candidates({ what, sources }: DownloadRequest<unknown>): DownloadSource[] {
    const all = sources.map(downloadSource);
    const usable = all.filter(({ address }) => !this.offline || address.kind === 'file');
    if (usable.length > 0) return usable;
    throw new VipisoError(
      'offline',
      `${what} is not in the cache, and --offline forbids fetching it`,
      {
        hint: 'Run the command once without --offline, or name a folder that holds it with --repository.',
        details: all.map(({ shown }) => shown),
      },
    );
  }

  /** An earlier run may have been killed between the last byte and the verdict. */
  private async alreadyWhole<T>(
    { size, accept }: DownloadRequest<T>,
    partial: PartialFile,
  ): Promise<{ accepted: T } | undefined> {
    if (size === undefined || (await partial.size()) < size) return undefined;
    try {
      return { accepted: await accept(partial.file) };
    } catch (error) {
      if (!isRejection(error)) throw error;
      await partial.reset();
      return undefined;
    }
  }

  private async rounds<T>(
    request: DownloadRequest<T>,
    candidates: DownloadSource[],
    partial: PartialFile,
  ): Promise<{ accepted: T }> {
    // A proxy that is not a URL is the user's mistake, not a failure of the sources.
    if (candidates.some(({ address }) => address.kind === 'http')) await this.connect();
    let wastedMs = 0;
    for (const pause of [...this.timings.pausesMs, undefined]) {
      for (const candidate of this.inOrder(candidates)) {
        const started = { at: this.host.now(), bytes: await partial.size() };
        try {
          const accepted = await this.attempt(request, candidate, partial);
          this.health.succeeded(originOf(candidate));
          this.warnOfRejections(request.what, candidates);
          return { accepted };
        } catch (error) {
          if (!(error instanceof TransferFailure) && !isRejection(error)) throw error;
          candidate.failure = error;
          const wasted = this.wastedMs(started, await partial.size());
          this.health.failed(originOf(candidate), wasted > 0 ? started.at : undefined);
          wastedMs += wasted;
        }
      }
      const isOver = wastedMs >= this.timings.retryForMs;
      if (pause === undefined || isOver || !candidates.some((it) => this.isRetryable(it))) break;
      wastedMs += await this.pause(pause, candidates);
    }
    throw allSourcesFailed(request.what, failuresOf(candidates), request.hintIfMissing);
  }

  /** Milliseconds of a failed attempt; none for one that brought the file on at a fair rate. */
  private wastedMs(
    started: { readonly at: number; readonly bytes: number },
    bytesNow: number,
  ): number {
    const elapsed = this.host.now() - started.at;
    const fair = (this.timings.minBytesPerSecond * elapsed) / 1000;
    return bytesNow - started.bytes > fair ? 0 : elapsed;
  }

  private isRetryable(candidate: DownloadSource): boolean {
    return !isPermanent(candidate) && this.health.deservesRetry(originOf(candidate));
  }

  private inOrder(candidates: readonly DownloadSource[]): DownloadSource[] {
    const failures = (it: DownloadSource): number => this.health.failuresOf(originOf(it));
    return candidates
      .filter((it) => it.failure === undefined || this.isRetryable(it))
      .sort((a, b) => failures(a) - failures(b));
  }

  /** Bytes of an earlier attempt may be the wrong ones: then this source deserves a whole try at once. */
  private async attempt<T>(
    request: DownloadRequest<T>,
    candidate: DownloadSource,
    partial: PartialFile,
  ): Promise<T> {
    const first = await this.attemptOnce(request, candidate, partial);
    if (first.accepted !== undefined) return first.accepted.value;
    if (!first.resumed) throw first.rejection;
    const second = await this.attemptOnce(request, candidate, partial);
    if (second.accepted !== undefined) return second.accepted.value;
    throw second.rejection;
  }

  private async attemptOnce<T>(
    request: DownloadRequest<T>,
    candidate: DownloadSource,
    partial: PartialFile,
  ): Promise<
    | { readonly accepted: { readonly value: T } }
    | { readonly accepted: undefined; readonly resumed: boolean; readonly rejection: VipisoError }
  > {
    const { resumed } = await transfer({
      host: this.host,
      connect: () => this.connect(),
      throttle: this.throttle,
      timings: this.timings,
      source: candidate.address,
      partial,
      size: request.size,
      maxBytes: request.maxBytes ?? MAX_BYTES,
      onProgress: request.onProgress ?? (() => undefined),
    });
    try {
      return { accepted: { value: await request.accept(partial.file) } };
    } catch (error) {
      if (!isRejection(error)) throw error;
      await partial.reset();
      return { accepted: undefined, resumed, rejection: error };
    }
  }

  /** @returns milliseconds */
  private async pause(
    milliseconds: number,
    candidates: readonly DownloadSource[],
  ): Promise<number> {
    const wanted = Math.max(milliseconds, askedPauseMs(candidates));
    const granted = Math.min(wanted, this.timings.longestPauseMs);
    await sleep(granted, undefined, { signal: this.host.signal }).catch((cause: unknown) => {
      throw new VipisoError('interrupted', 'the download was interrupted', { cause });
    });
    return granted;
  }

  private warnOfRejections(what: string, candidates: readonly DownloadSource[]): void {
    for (const { shown, failure } of candidates) {
      if (failure === undefined || failure instanceof TransferFailure) continue;
      const text = `${what} from ${shown} was refused, another source had the right one: ${failure.message}`;
      this.host.report({ type: 'note', level: 'warning', text });
    }
  }
}

/** Whatever is wrong with a lone file is left to the copying way, which knows how to tell it. */
async function acceptInPlace<T>(
  { leavesFile, size, maxBytes = MAX_BYTES, accept }: DownloadRequest<T>,
  candidates: readonly DownloadSource[],
): Promise<{ accepted: T } | undefined> {
  const [only, ...others] = candidates;
  if (leavesFile !== true || only?.address.kind !== 'file' || others.length > 0) return undefined;
  const { path } = only.address;
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > maxBytes || found.size !== (size ?? found.size)) {
      return undefined;
    }
    return { accepted: await accept(path) };
  } catch (error) {
    if (isRejection(error) || isErrno(error, ...UNREADABLE)) return undefined;
    throw error;
  }
}
