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

/** A line of a file of the image, as a program of the image reads it. */
export interface Excerpt {
  /** Path in the image, or as the user knows it for a file of their own. */
  readonly file: string;
  /** Counted from 1; absent = the file as a whole. */
  readonly line?: number | undefined;
  /** Where in the line, from column to column, counted from 1; absent = the line as a whole. */
  readonly column?: number | undefined;
  readonly endColumn?: number | undefined;
  /** The line itself; absent where it must not be shown: it holds a secret. */
  readonly text?: string | undefined;
  /** Host names of the nodes that have it. */
  readonly nodes: readonly string[];
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
  /** The rendered line that a program complains of. */
  readonly rendered?: Excerpt | undefined;
  /** Where the user's own file says it, in place of the cluster file: then there is no `span`. */
  readonly own?: Excerpt | undefined;
}
