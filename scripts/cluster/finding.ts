import type { Diagnostic } from '../core/diagnostic.ts';
import type { DocumentPath } from './document-path.ts';
import { formatPath } from './document-path.ts';
import type { SourceMap } from './source-map.ts';

/** A diagnostic before it has a position in the text. */
export interface Finding {
  readonly code: string;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
  readonly path: DocumentPath;
  /** Point at the key of the last path part rather than at its value. */
  readonly atKey?: boolean;
  readonly hint?: string;
  /** Stays an error even when the user ignores its code: nothing sensible can be built. */
  readonly fatal?: boolean;
}

export function toDiagnostic(finding: Finding, map: SourceMap): Diagnostic {
  const { code, severity, message, path, hint } = finding;
  return {
    code,
    severity,
    message,
    path: formatPath(path),
    span: finding.atKey === true ? map.keySpan(path) : map.span(path),
    hint,
  };
}
