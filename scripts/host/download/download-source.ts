import { exitCodeOf, VipisoError } from '../../core/errors.ts';
import { parseSource, withoutCredentials } from './source-address.ts';
import type { SourceAddress } from './source-address.ts';
import { TransferFailure } from './transfer-failure.ts';
import type { SourceFailure } from './transfer-failure.ts';

/** One of the equivalent places of a file, and how the latest attempt at it failed. */
export interface DownloadSource {
  readonly address: SourceAddress;
  /** As it may be shown: without credentials. */
  readonly shown: string;
  failure: TransferFailure | VipisoError | undefined;
}

export function downloadSource(source: string): DownloadSource {
  return { address: parseSource(source), shown: withoutCredentials(source), failure: undefined };
}

/** Whether asking this source again cannot help. */
export function isPermanent({ failure }: DownloadSource): boolean {
  return failure !== undefined && !(failure instanceof TransferFailure && failure.again);
}

export function failuresOf(sources: readonly DownloadSource[]): SourceFailure[] {
  return sources.flatMap(({ shown, failure }) =>
    failure === undefined ? [] : [{ source: shown, error: failure }],
  );
}

/** What the sources that may be asked again want us to wait (Retry-After), in milliseconds. */
export function askedPauseMs(sources: readonly DownloadSource[]): number {
  const pauses = sources
    .filter((source) => !isPermanent(source))
    .map(({ failure }) => (failure instanceof TransferFailure ? (failure.retryAfterMs ?? 0) : 0));
  return pauses.length === 0 ? 0 : Math.min(...pauses);
}

/** What shares its luck: a server, or this machine's folders. */
export function originOf({ address }: DownloadSource): string {
  return address.kind === 'http' ? address.url.origin : 'file:';
}

/** Whether an error is a verdict on the content (wrong digest, signature, format). */
export function isRejection(error: unknown): error is VipisoError {
  const wrongContent = exitCodeOf(new VipisoError('digest-mismatch', ''));
  return error instanceof VipisoError && exitCodeOf(error) === wrongContent;
}
