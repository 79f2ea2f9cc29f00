import { VipisoError } from '../../core/errors.ts';

/**
 * Why one attempt at one source failed. `again` tells whether a later attempt at the same source may do
 * better: a busy server may, a missing file will not.
 */
export class TransferFailure extends Error {
  readonly kind: 'network' | 'timeout' | 'certificate' | 'not-found' | 'refused' | 'wrong-content';
  readonly again: boolean;
  /** What the server asks for (Retry-After), in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: TransferFailure['kind'],
    message: string,
    options: {
      readonly again: boolean;
      readonly retryAfterMs?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.again = options.again;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** One source's failure, for the final message. */
export interface SourceFailure {
  readonly source: string;
  readonly error: TransferFailure | VipisoError;
}

const NETWORK_HINT =
  'Check the network, the proxy variables (https_proxy, no_proxy) and the addresses above; what was fetched is kept.';
const CERTIFICATE_HINT =
  'Check this machine’s clock (date); a site’s own certificate authority is trusted by NODE_EXTRA_CA_CERTS=ca.pem.';

function placesOf(failures: readonly SourceFailure[]): string[] {
  return failures.map(({ source }) => `from ${source}`);
}

/** The error when no source gave the file: the gravest kind first, with each source's reason. */
export function allSourcesFailed(
  what: string,
  failures: readonly SourceFailure[],
  hintIfMissing?: string,
): VipisoError {
  const details = failures.map(({ source, error }) => `${source}: ${error.message}`);
  const rejected = failures.map(({ error }) => error).find((it) => it instanceof VipisoError);
  if (rejected !== undefined) {
    return new VipisoError(rejected.code, `${what}: ${rejected.message}`, {
      details: [...rejected.details, ...(failures.length > 1 ? details : placesOf(failures))],
      hint: rejected.hint,
      cause: rejected,
    });
  }
  const kinds = new Set(
    failures.map(({ error }) => (error instanceof TransferFailure ? error.kind : 'refused')),
  );
  const cause = failures[0]?.error;
  if (kinds.has('wrong-content')) {
    return new VipisoError('digest-mismatch', `${what} is not what was expected`, {
      details,
      cause,
      hint: 'A mirror that is just changing, or the login page of a network, answers like this: try again, or use another mirror.',
    });
  }
  if (kinds.size === 1 && kinds.has('not-found')) {
    return new VipisoError('not-found', `${what} is not there`, {
      details,
      cause,
      hint: hintIfMissing,
    });
  }
  const code = kinds.size === 1 && kinds.has('timeout') ? 'timeout' : 'network';
  return new VipisoError(code, `cannot fetch ${what}`, {
    details,
    cause,
    hint: kinds.has('certificate') ? CERTIFICATE_HINT : NETWORK_HINT,
  });
}
