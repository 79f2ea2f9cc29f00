/** A position in a source text, both counted from 1. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** A half-open stretch of a source text. */
export interface SourceSpan {
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

/**
 * One finding in a user's file. `code` is stable (users silence warnings by it), `path` is the place in the
 * document (`nodes[1].address`), `message` says what and why, `hint` what to do.
 */
export interface Diagnostic {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly path: string;
  readonly span?: SourceSpan | undefined;
  readonly hint?: string | undefined;
}
