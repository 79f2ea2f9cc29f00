import type { Provider } from './graph/names.ts';
import type { SolverRules } from './rules/model.ts';

/**
 * Which of two providers of a name to take in an empty root: above 0 for the first, below for the second. Source:
 * `compare_providers` of apk-tools, src/solver.c, less what only an installed package changes.
 */
export function compareProviders(rules: SolverRules, a: Provider, b: Provider): number {
  const left = a.candidate;
  const right = b.candidate;
  return (
    Number(left.selectable) - Number(right.selectable) ||
    Number(left.inMergeGroup) - Number(right.inMergeGroup) ||
    right.conflicts - left.conflicts ||
    Number(left.tagAllowed) - Number(right.tagAllowed) ||
    Number(left.tagPreferred) - Number(right.tagPreferred) ||
    rules.compareProvided(a.version, b.version) ||
    (left.name === right.name
      ? rules.compareVersions(left.summary.version, right.summary.version)
      : 0) ||
    left.summary.providerPriority - right.summary.providerPriority ||
    firstRepository(right.offer.repositories) - firstRepository(left.offer.repositories)
  );
}

/**
 * A bare virtual name never picks a package by itself unless that package declares a priority or is wanted by its own
 * name. Source: `is_provider_auto_selectable` of apk-tools, src/solver.c.
 */
export function isAutoSelectable({ candidate, version }: Provider): boolean {
  return (
    version !== undefined ||
    candidate.name.requirers > 0 ||
    candidate.summary.providerPriority !== 0
  );
}

function firstRepository(repositories: number): number {
  return 31 - Math.clz32(repositories & -repositories);
}
