import type { LintFinding } from '../findings/finding.ts';
import type { ClusterModel } from '../model.ts';
import type { ReferenceContext } from '../references.ts';
import type { ClusterFile } from '../schema.ts';

/** What a rule sees: the file as written and what it resolves to (lists keep their order). */
export interface RuleInput {
  readonly file: ClusterFile;
  readonly cluster: ClusterModel;
  readonly context: ReferenceContext;
}

export type Rule = (input: RuleInput) => readonly LintFinding[];
