import type { Candidate, NameNode, Requirement } from './graph.ts';
import { run } from './trampoline.ts';
import type { Walk } from './trampoline.ts';
import type { Universe } from './universe.ts';

/** The chosen packages in the order in which apk installs them. */
export interface InstallOrder {
  readonly packages: readonly Candidate[];
  /** Packages found to lack a dependency after all, or to stand on one that does. */
  readonly broken: readonly Candidate[];
}

/**
 * Walks the decided graph from the wishes down: dependencies before dependants, and right behind a package
 * whatever its arrival completes an install_if condition of.
 */
export function installOrder(universe: Universe, wishes: readonly Requirement[]): InstallOrder {
  const placement = new Placement(universe);
  for (const wish of wishes) run(placement.place(wish.name));
  return placement;
}

class Placement implements InstallOrder {
  readonly packages: Candidate[] = [];
  readonly broken: Candidate[] = [];
  private readonly universe: Universe;

  constructor(universe: Universe) {
    this.universe = universe;
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
    for (const triggered of this.universe.triggeredBy(name)) {
      const { chosen } = triggered;
      if (chosen === undefined || !triggered.seen || triggered.placed) continue;
      const complete = chosen.candidate.installIf.every(
        (condition) =>
          this.isPlaced(condition) &&
          this.universe.fulfils(condition.dependency, condition.name.chosen, chosen.candidate),
      );
      if (complete) yield this.place(triggered);
    }
  }

  private isPlaced({ name, dependency }: Requirement): boolean {
    return name.placed || (dependency.conflict && this.universe.rules.decidesRefusals);
  }

  private checkDependency(candidate: Candidate, { name, dependency }: Requirement): void {
    const met = this.universe.fulfils(dependency, name.chosen, candidate);
    const sound = met && name.chosen?.candidate.broken !== true;
    if (sound || candidate.broken) return;
    candidate.broken = true;
    this.broken.push(candidate);
  }
}
