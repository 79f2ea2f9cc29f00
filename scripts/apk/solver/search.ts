import type { DependencyGraph } from './graph/dependency-graph.ts';
import type { Candidate, NameNode, Provider, Requirement } from './graph/names.ts';
import { compareProviders, isAutoSelectable } from './preference.ts';
import { Propagator } from './propagate.ts';
import type { TagTable } from './tags.ts';

/** A part of the user's request; `tag` is the number of the repository tag it names, 0 for none. */
export interface TaggedRequirement extends Requirement {
  readonly tag: number;
}

/** What the search could not do. Decisions themselves are left in the graph. */
export interface SearchFailures {
  /** Names that nothing could be chosen for although something asks for them. */
  readonly unprovided: readonly NameNode[];
  /** Chosen packages that break a constraint, come from a repository not allowed, or clash with another. */
  readonly broken: readonly Candidate[];
}

/**
 * Decides one name after the other, never taking a decision back: the candidates that remain after each
 * step's consequences are ranked, and the best is taken, even if a broken one is all there is.
 *
 * Source: `apk_solver_solve`, `select_package` and `assign_name` of apk-tools, src/solver.c.
 */
export class Search {
  private readonly graph: DependencyGraph;
  private readonly propagator: Propagator;
  private readonly unprovided: NameNode[] = [];
  private readonly broken: Candidate[] = [];

  constructor(graph: DependencyGraph, tags: TagTable) {
    this.graph = graph;
    this.propagator = new Propagator(graph, tags);
  }

  run(requested: readonly TaggedRequirement[]): SearchFailures {
    for (const requirement of requested)
      this.propagator.constrain(requirement, { tags: 1 << requirement.tag });
    for (;;) {
      this.propagator.settle();
      const name = this.propagator.agenda.next();
      if (name === undefined) break;
      this.decide(name);
    }
    return { unprovided: this.unprovided, broken: this.broken };
  }

  private decide(name: NameNode): void {
    const provider = this.bestProvider(name);
    if (provider === undefined) {
      this.propagator.lock(name, undefined);
      if (name.requirers > 0) this.unprovided.push(name);
      return;
    }
    const { candidate } = provider;
    if (!candidate.selectable || !candidate.tagAllowed) this.markBroken(candidate);
    this.assign(candidate.name, { candidate, version: candidate.summary.version });
    for (const { name: provided, version } of candidate.provides) {
      this.assign(provided, { candidate, version });
    }
    for (const requirement of candidate.depends) this.propagator.constrain(requirement, candidate);
  }

  private bestProvider(name: NameNode): Provider | undefined {
    let best: Provider | undefined;
    for (const provider of this.graph.providersOf(name)) {
      if (!isAutoSelectable(provider) || !this.mayBeTriggered(provider, name)) continue;
      if (best === undefined || compareProviders(this.graph.rules, provider, best) > 0) {
        best = provider;
      }
    }
    return best;
  }

  /** A name that only install_if wants takes a triggered package from an allowed repository. */
  private mayBeTriggered({ candidate }: Provider, name: NameNode): boolean {
    if (name.requirers > 0) return true;
    if (!candidate.triggered || !candidate.tagAllowed) return false;
    return candidate.selectable || !this.graph.rules.triggeredMustBeSelectable;
  }

  private assign(name: NameNode, provider: Provider): void {
    if (!name.locked) {
      this.propagator.lock(name, provider);
    } else if (provider.version !== undefined || name.chosen?.version !== undefined) {
      this.markBroken(provider.candidate);
      if (name.chosen !== undefined) this.markBroken(name.chosen.candidate);
    }
  }

  private markBroken(candidate: Candidate): void {
    if (candidate.broken) return;
    candidate.broken = true;
    this.broken.push(candidate);
  }
}
