import { formatDiagnostic } from '../../cluster/findings/diagnostic-frame.ts';
import type { SourceText } from '../../cluster/findings/diagnostic-frame.ts';
import { readYaml } from '../../cluster/text/read-yaml.ts';
import type { SourceSpan } from '../../core/diagnostic.ts';

/** Where a cluster file says its branch, for messages. */
export interface BranchPlace {
  /** `cluster.yaml:4:11`, or the file alone where the default holds. */
  readonly place: string;
  /** Whether the file names the branch itself. */
  readonly written: boolean;
  /** The line with carets under the branch, for the details of an error. */
  readonly frame: readonly string[];
}

export function branchPlace(source: SourceText, message: string): BranchPlace {
  const { value, map } = readYaml(source.text);
  const written = isRecord(value) && isRecord(value['alpine']) && 'branch' in value['alpine'];
  const span = written ? map.span(['alpine', 'branch']) : undefined;
  const diagnostic = {
    code: 'branch',
    severity: 'error',
    path: 'alpine.branch',
    message,
    span,
  } as const;
  return {
    place: placeOf(source.name, span),
    written,
    frame: formatDiagnostic(diagnostic, source, { colour: false }),
  };
}

function placeOf(name: string, span: SourceSpan | undefined): string {
  return span === undefined ? name : `${name}:${span.start.line}:${span.start.column}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
