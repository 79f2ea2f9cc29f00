import type { Diagnostic, Excerpt, SourceSpan } from '../../core/diagnostic.ts';
import { formatPath } from '../text/document-path.ts';
import type { DocumentPath } from '../text/document-path.ts';
import type { SourceMap } from '../text/source-map.ts';

/** A diagnostic before it has a position in the text. */
export interface LintFinding {
  readonly code: string;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
  readonly path: DocumentPath;
  /** Point at the key of the last path part rather than at its value. */
  readonly atKey?: boolean;
  readonly hint?: string;
  /** Stays an error even when the user ignores its code: nothing sensible can be built. */
  readonly fatal?: boolean;
  /** A more exact place than that of `path`: one line of a block of text. */
  readonly span?: SourceSpan;
  readonly rendered?: Excerpt;
  /** Points into this file of the user's instead of into the cluster file. */
  readonly own?: Excerpt;
}

export function toDiagnostic(finding: LintFinding, map: SourceMap): Diagnostic {
  const { code, severity, message, path, hint, rendered } = finding;
  const included =
    finding.span === undefined ? map.included(path, finding.atKey === true) : undefined;
  const own = finding.own ?? included;
  const inFile = (): SourceSpan => (finding.atKey === true ? map.keySpan(path) : map.span(path));
  return {
    code,
    severity,
    message,
    path: formatPath(path),
    span: own === undefined ? (finding.span ?? inFile()) : undefined,
    hint,
    ...(rendered !== undefined && { rendered }),
    ...(own !== undefined && { own }),
  };
}

/** Finding of the linter, in short: the path says where, the message what and why, the hint what to do. */
export function lintError(
  code: string,
  path: DocumentPath,
  message: string,
  hint?: string,
): LintFinding {
  return { code, severity: 'error', path, message, ...(hint === undefined ? {} : { hint }) };
}

export function lintWarning(
  code: string,
  path: DocumentPath,
  message: string,
  hint?: string,
): LintFinding {
  return { ...lintError(code, path, message, hint), severity: 'warning' };
}
