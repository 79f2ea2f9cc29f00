import type { Diagnostic, SourceSpan } from '../core/diagnostic.ts';
import type { DocumentPath } from './document-path.ts';
import { toDiagnostic } from './finding.ts';
import type { ClusterModel } from './model.ts';
import { readYaml } from './read-yaml.ts';
import type { ReferenceContext } from './references.ts';
import { applyIgnored } from './lint-ignore.ts';
import { validateDocument } from './validate.ts';

export type ClusterParse =
  | {
      readonly ok: true;
      readonly cluster: ClusterModel;
      readonly warnings: readonly Diagnostic[];
      /** Position of a value in the text, for findings made later (across files, by the daemons). */
      readonly locate: (path: DocumentPath) => SourceSpan | undefined;
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Reads the text of a cluster file. All its problems come back at once, in the order of the text, each with
 * its place; nothing is thrown for a bad file.
 */
export function parseCluster(text: string, context: ReferenceContext): ClusterParse {
  const { value, map, diagnostics } = readYaml(text);
  if (value === undefined && diagnostics.length > 0) return { ok: false, diagnostics };
  const { findings, cluster, ignored } = validateDocument(value, context);
  const judged = applyIgnored(findings, ignored).map((finding) => toDiagnostic(finding, map));
  const all = [...diagnostics, ...judged].sort(inTextOrder);
  if (cluster === undefined || all.some(({ severity }) => severity === 'error')) {
    return { ok: false, diagnostics: all };
  }
  return { ok: true, cluster, warnings: all, locate: (path) => map.span(path) };
}

function inTextOrder(a: Diagnostic, b: Diagnostic): number {
  const [from, to] = [a.span?.start, b.span?.start];
  return (from?.line ?? 0) - (to?.line ?? 0) || (from?.column ?? 0) - (to?.column ?? 0);
}
