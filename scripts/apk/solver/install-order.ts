import type { DependencyGraph } from './graph/dependency-graph.ts';
import type { Candidate, NameNode, Requirement } from './graph/names.ts';
import { run } from './graph/trampoline.ts';
import type { Walk } from './graph/trampoline.ts';

/** The chosen packages in the order in which apk installs them. */
export interface InstallOrder {
  readonly packages: readonly Candidate[];
  /** Packages found to lack a dependency after all, or to stand on one that does. */
  readonly broken: readonly Candidate[];
}

/**
 * Walks the decided graph from the requests down: dependencies before dependants, and right behind a package
 * whatever its arrival completes an install_if condition of.
 *
 * Source: `generate_changeset`, `cset_gen_name_change` and `cset_gen_dep` of apk-tools, src/solver.c.
 */
export function installOrder(
  graph: DependencyGraph,
  requested: readonly Requirement[],
): InstallOrder {
  const placement = new Placement(graph);
  for (const requirement of requested) run(placement.place(requirement.name));
  return placement;
}

class Placement implements InstallOrder {
  readonly packages: Candidate[] = [];
  readonly broken: Candidate[] = [];
  private readonly graph: DependencyGraph;

  constructor(graph: DependencyGraph) {
    this.graph = graph;
  }

  *place(name: NameNode): Walk {
    if (name.placed) return;
    name.placed = true;
    const candidate = name.chosen?.candidate;
    if (candidate === undefined || candidate.placed) return;
    candidate.placed = true;
    candidate.name.placed = true;
    for (const provided of candidate.provides) provided.name.placed = true;

    for (const requirement of candidate.depends) {
      yield this.place(requirement.name);
      this.checkDependency(candidate, requirement);
    }
    this.packages.push(candidate);
    yield this.placeTriggered(candidate.name);
    for (const provided of candidate.provides) yield this.placeTriggered(provided.name);
  }

  private *placeTriggered(name: NameNode): Walk {
    for (const triggered of this.graph.triggeredBy(name)) {
      const { chosen } = triggered;
      if (chosen === undefined || !triggered.seen || triggered.placed) continue;
      const complete = chosen.candidate.installIf.every(
        (condition) =>
          this.isPlaced(condition) &&
          this.graph.fulfils(condition.dependency, condition.name.chosen, chosen.candidate),
      );
      if (complete) yield this.place(triggered);
    }
  }

  private isPlaced({ name, dependency }: Requirement): boolean {
    return name.placed || (dependency.conflict && this.graph.rules.decidesRefusals);
  }

  private checkDependency(candidate: Candidate, { name, dependency }: Requirement): void {
    const met = this.graph.fulfils(dependency, name.chosen, candidate);
    const sound = met && name.chosen?.candidate.broken !== true;
    if (sound || candidate.broken) return;
    candidate.broken = true;
    this.broken.push(candidate);
  }
}
