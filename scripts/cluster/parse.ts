import type { Diagnostic } from '../core/diagnostic.ts';
import { toDiagnostic } from './findings/finding.ts';
import type { LintFinding } from './findings/finding.ts';
import { applyIgnored, unknownCodes } from './findings/lint-ignore.ts';
import { validateDocument } from './findings/validate.ts';
import type { ClusterModel } from './model.ts';
import type { ReferenceContext } from './references.ts';
import { readDocument } from './text/read-document.ts';
import type { IncludedText } from './text/read-document.ts';
import type { SourceMap } from './text/source-map.ts';

export type ClusterParse =
  | {
      readonly ok: true;
      readonly cluster: ClusterModel;
      readonly warnings: readonly Diagnostic[];
      /** Turns findings made later (across files, by the daemons) into diagnostics of this file. */
      readonly judge: (findings: readonly LintFinding[]) => readonly Diagnostic[];
      /** Where the values are in the text. */
      readonly places: SourceMap;
      /** All that was written, of the included files too, as plain data that fits the schema. */
      readonly document: unknown;
      readonly included: readonly IncludedText[];
    }
  | {
      readonly ok: false;
      readonly diagnostics: readonly Diagnostic[];
      /** All that was written, whether it fits the schema or not; undefined where it is not YAML. */
      readonly document: unknown;
      readonly included: readonly IncludedText[];
    };

/**
 * Reads the text of a cluster file. All its problems come back at once, in the order of the text, each with
 * its place; nothing is thrown for a bad file.
 */
export function parseCluster(text: string, context: ReferenceContext): ClusterParse {
  const { value, map, diagnostics, included } = readDocument(text, context);
  if (value === undefined && diagnostics.length > 0) {
    return { ok: false, diagnostics, document: value, included };
  }
  const { findings, cluster, ignored } = validateDocument(value, context);
  const judge = (made: readonly LintFinding[]) =>
    applyIgnored(made, ignored).map((finding) => toDiagnostic(finding, map));
  const judged = judge([...findings, ...unknownCodes(ignored)]);
  const all = [...diagnostics, ...judged].sort(inTextOrder);
  if (cluster === undefined || all.some(({ severity }) => severity === 'error')) {
    return { ok: false, diagnostics: all, document: value, included };
  }
  return { ok: true, cluster, warnings: all, judge, places: map, document: value, included };
}

function inTextOrder(a: Diagnostic, b: Diagnostic): number {
  const [from, to] = [a.span?.start, b.span?.start];
  return (from?.line ?? 0) - (to?.line ?? 0) || (from?.column ?? 0) - (to?.column ?? 0);
}
