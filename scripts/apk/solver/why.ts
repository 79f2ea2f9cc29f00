import { formatDependency } from '../dependency.ts';
import type { Candidate, NameNode } from './graph/names.ts';
import type { Why } from './model.ts';
import type { TaggedRequirement } from './search.ts';

/** For each chosen package, everything that keeps it in the set. */
export function whyChosen(
  packages: readonly Candidate[],
  requested: readonly TaggedRequirement[],
): ReadonlyMap<Candidate, readonly Why[]> {
  const reasons = new Map<Candidate, Why[]>(packages.map((candidate) => [candidate, []]));
  const add = (name: NameNode, why: Why): void => {
    if (name.chosen !== undefined) reasons.get(name.chosen.candidate)?.push(why);
  };
  for (const { name, dependency } of requested) {
    if (!dependency.conflict) add(name, { kind: 'request', atom: formatDependency(dependency) });
  }
  for (const candidate of packages) {
    for (const { name, dependency } of candidate.depends) {
      if (dependency.conflict || name.chosen?.candidate === candidate) continue;
      const atom = formatDependency(dependency);
      add(name, { kind: 'depends', by: candidate.summary.name, atom });
    }
    if (candidate.triggered) {
      const atoms = candidate.installIf.map(({ dependency }) => formatDependency(dependency));
      reasons.get(candidate)?.push({ kind: 'install-if', atoms });
    }
  }
  return reasons;
}
