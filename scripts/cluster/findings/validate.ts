import type { ClusterModel } from '../model.ts';
import type { ReferenceContext } from '../references.ts';
import { resolveCluster } from '../resolve.ts';
import { ruleFindings } from '../rules.ts';
import { ClusterFile } from '../schema.ts';
import { controlCharacterFindings } from '../text/control-characters.ts';
import { pathsMeet } from '../text/document-path.ts';
import type { DocumentPath } from '../text/document-path.ts';
import { withoutNulls } from '../text/read-document.ts';
import type { LintFinding } from './finding.ts';
import { prune } from './prune.ts';
import type { Pruned } from './prune.ts';
import { schemaFindings } from './schema-findings.ts';

const MAX_PRUNING_ROUNDS = 12;

export interface Validation {
  readonly findings: readonly LintFinding[];
  /** Resolved only from a document that fits the schema as it is. */
  readonly cluster: ClusterModel | undefined;
  readonly ignored: readonly string[];
}

/** Judges a document by the schema and, as far as the schema leaves something to judge, by the rules. */
export function validateDocument(document: unknown, context: ReferenceContext): Validation {
  const value = withoutNulls(document);
  const unsafe = controlCharacterFindings(value);
  const parsed = ClusterFile.safeParse(value);
  if (parsed.success && unsafe.length === 0) {
    const cluster = resolveCluster(parsed.data, context);
    const findings = ruleFindings({ file: parsed.data, cluster, context });
    return { findings, cluster, ignored: parsed.data.lint?.ignore ?? [] };
  }
  const broken = parsed.success ? [] : schemaFindings(parsed.error.issues, value);
  const quiet = broken.filter(({ path }) => !unsafe.some((other) => pathsMeet(other.path, path)));
  const first = [...unsafe, ...quiet];
  return {
    findings: [...first, ...remainderFindings(value, first, context)],
    cluster: undefined,
    ignored: [],
  };
}

/**
 * The rules' errors about the part of a broken document that does fit the schema. Findings near a cut
 * are left out: what is missing there may be why they arose.
 */
function remainderFindings(
  value: unknown,
  broken: readonly LintFinding[],
  context: ReferenceContext,
): readonly LintFinding[] {
  const remainder = fitByRemoval(
    value,
    broken.map(({ path }) => path),
  );
  if (remainder === undefined) return [];
  const { file, pruned, cuts } = remainder;
  const cluster = resolveCluster(file, context);
  return ruleFindings({ file, cluster, context })
    .filter(({ severity }) => severity === 'error')
    .map((finding) => ({ ...finding, path: pruned.original(finding.path) }))
    .filter(({ path }) => !cuts.some((cut) => pathsMeet(cut, path)));
}

interface Remainder {
  readonly file: ClusterFile;
  readonly pruned: Pruned;
  readonly cuts: readonly DocumentPath[];
}

/** Cuts what the schema refuses; where the cut leaves a gap that it refuses too, cuts the parent. */
function fitByRemoval(value: unknown, broken: readonly DocumentPath[]): Remainder | undefined {
  let cuts = [...broken];
  for (let round = 0; round < MAX_PRUNING_ROUNDS; round += 1) {
    const pruned = prune(value, cuts);
    const parsed = ClusterFile.safeParse(pruned.value);
    if (parsed.success) return { file: parsed.data, pruned, cuts };
    const further = schemaFindings(parsed.error.issues, pruned.value).map(({ path, code }) => {
      const place = pruned.original(path);
      return code === 'missing' ? place.slice(0, -1) : place;
    });
    if (further.some((path) => path.length === 0)) return undefined;
    cuts = [...cuts, ...further];
  }
  return undefined;
}
