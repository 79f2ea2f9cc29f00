import type { Finding } from './finding.ts';
import type { ClusterModel } from './model.ts';
import type { ReferenceContext } from './references.ts';
import type { ClusterFile } from './schema.ts';

/** What a rule sees: the file as written and what it resolves to (lists keep their order). */
export interface RuleInput {
  readonly file: ClusterFile;
  readonly cluster: ClusterModel;
  readonly context: ReferenceContext;
}

export type Rule = (input: RuleInput) => readonly Finding[];

const RULES: readonly Rule[] = [];

/** Codes of the linter, which `lint.ignore` may name. */
export const LINT_CODES: readonly string[] = [
  'weight-gap',
  'vip-subnet',
  'duplicate',
  'roles',
  'auth',
  'advert',
  'unicast-dhcp',
  'streams',
  'readyz',
  'flap',
  'stuck',
  'maxconn',
  'single',
  'script-user',
  'musl-include',
];

export function ruleFindings(input: RuleInput): readonly Finding[] {
  return RULES.flatMap((rule) => rule(input));
}
