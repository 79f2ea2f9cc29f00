/**
 * The one error class of the tool, and the exit code of each kind of failure.
 *
 * Expected outcomes (a cluster file with mistakes, an unsatisfiable request) are values, not exceptions;
 * the workflow that cannot go on turns them into a `VipisoError`.
 */
export const EXIT_CODES = {
  bug: 1,
  usage: 2,
  'cluster-invalid': 2,
  'branch-mismatch': 2,
  'already-exists': 2,
  unsatisfiable: 3,
  'lock-stale': 3,
  'lock-missing': 3,
  'scripts-unfit': 3,
  'signature-untrusted': 4,
  'signature-invalid': 4,
  'digest-mismatch': 4,
  'malformed-index': 4,
  'malformed-package': 4,
  'unsupported-format': 4,
  'malformed-archive': 4,
  'image-wrong': 4,
  'release-wrong': 4,
  downgrade: 4,
  'tool-missing': 5,
  'tool-failed': 5,
  timeout: 5,
  network: 5,
  offline: 5,
  'not-found': 5,
  'disk-full': 5,
  permission: 5,
  io: 5,
  sandbox: 5,
  'proof-failed': 6,
  changed: 7,
  'not-reproduced': 7,
  interrupted: 130,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

export interface VipisoErrorOptions {
  /** What the user can do about it: one imperative sentence or a command line. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Further lines shown under the message: a tool's stderr, a solver's reason tree. */
  readonly details?: readonly string[] | undefined;
}

/** An operational failure: what happened and where (`message`), what to do (`hint`), and why (`cause`). */
export class VipisoError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: readonly string[];

  constructor(code: ErrorCode, message: string, options: VipisoErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'VipisoError';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? [];
  }
}

/** Process exit code of an error: by kind for a `VipisoError`, 1 (a bug) for anything else. */
export function exitCodeOf(error: unknown): number {
  return error instanceof VipisoError ? EXIT_CODES[error.code] : EXIT_CODES.bug;
}
