import { formatDependency } from '../dependency.ts';
import { Demands, describeDemand } from './demands.ts';
import type { DependencyGraph } from './graph/dependency-graph.ts';
import type { Candidate, NameNode, Requirement } from './graph/names.ts';
import type { InstallOrder } from './install-order.ts';
import type { Reason } from './model.ts';
import type { SearchFailures, TaggedRequirement } from './search.ts';
import type { TagTable } from './tags.ts';

/** A failed search and everything that it left behind. */
export interface Failure {
  readonly graph: DependencyGraph;
  readonly tags: TagTable;
  readonly requested: readonly TaggedRequirement[];
  readonly failures: SearchFailures;
  readonly order: InstallOrder;
}

/** A name with dozens of providers is shown by its first ones. */
const MAX_CANDIDATES = 8;

/** One reason per name that could not be had: who wants it, and why each candidate for it is out. */
export function explain(failure: Failure): Reason[] {
  return new Explainer(failure).reasons();
}

class Explainer {
  private readonly failure: Failure;
  private readonly demands: Demands;

  constructor(failure: Failure) {
    this.failure = failure;
    this.demands = new Demands(failure.requested, failure.order.packages);
  }

  reasons(): Reason[] {
    const { failures, order } = this.failure;
    const found = failures.broken.length + failures.unprovided.length > 0;
    const broken = found ? failures.broken : order.broken;
    // A package that only lacks what another reason is about adds nothing.
    const causes = broken.filter((candidate) => this.ownObjections(candidate).length > 0);
    const told = causes.length + failures.unprovided.length > 0 ? causes : broken;
    return [
      ...failures.unprovided.map((name) => this.missing(name)),
      ...told.map((candidate) => this.unobtainable(candidate)),
    ];
  }

  private missing(name: NameNode): Reason {
    const providers = this.failure.graph.providersOf(name);
    const choices = [...new Set(providers.map(({ candidate }) => candidate.name.text))];
    const chains = this.demands.chainsTo([name]);
    if (choices.length === 0) {
      return { text: `${name.text}: no repository has a package of this name`, because: chains };
    }
    const advice = { text: `ask for one of its providers: ${choices.join(', ')}`, because: [] };
    return {
      text: `${name.text} is a virtual name, and nothing says which provider to take`,
      because: [advice, ...chains],
    };
  }

  private unobtainable(broken: Candidate): Reason {
    const names = offersOf(broken).map(({ name }) => name);
    const wanted = names.find((name) => this.demands.isWanted(name)) ?? broken.name;
    const providers = this.failure.graph.providersOf(wanted);
    const candidates = new Set(providers.map(({ candidate }) => candidate));
    const out = [...candidates].slice(0, MAX_CANDIDATES).map((candidate) => ({
      text: `${candidate.toString()} is excluded`,
      because: this.objections(candidate).map((text) => ({ text, because: [] })),
    }));
    return {
      text: `${wanted.text} cannot be satisfied`,
      because: [...this.demands.chainsTo(names), ...out],
    };
  }

  private objections(candidate: Candidate): string[] {
    const objections = [...this.ownObjections(candidate), ...this.unmetDependencies(candidate)];
    return objections.length > 0 ? objections : ['it conflicts with what else is needed'];
  }

  /** What speaks against the package itself, whatever it depends on. */
  private ownObjections(candidate: Candidate): string[] {
    const objections = [
      ...this.masks(candidate),
      ...this.refusals(candidate),
      ...this.clashes(candidate).slice(0, 1),
    ];
    return [...new Set(objections)];
  }

  private masks(candidate: Candidate): string[] {
    if (candidate.tagAllowed) return [];
    const tags = this.failure.tags.tagsOf(candidate).join(', ');
    return [`it is only in the repository tagged ${tags}, which no request for it names`];
  }

  private refusals(candidate: Candidate): string[] {
    return offersOf(candidate).flatMap(({ name, version }) =>
      this.demands
        .on(name)
        .filter(({ by }) => by !== candidate)
        .filter(
          ({ by, dependency }) =>
            !this.failure.graph.fulfils(
              dependency,
              { candidate, version },
              by === 'request' ? undefined : by,
            ),
        )
        .map((demand) => `${describeDemand(demand)} rules it out`),
    );
  }

  private clashes(candidate: Candidate): string[] {
    return offersOf(candidate).flatMap(({ name, version }) => {
      const other = name.chosen;
      if (other === undefined || other.candidate === candidate) return [];
      if (version === undefined && other.version === undefined) return [];
      return [`${other.candidate.toString()} already provides ${name.text}`];
    });
  }

  private unmetDependencies(candidate: Candidate): string[] {
    return candidate.depends
      .filter((requirement) => !this.isMet(requirement, candidate))
      .map(({ name, dependency }) => {
        const atom = formatDependency(dependency);
        const chosen = name.chosen?.candidate;
        if (dependency.conflict)
          return `it rules out ${chosen?.toString() ?? name.text} by [${atom}]`;
        return chosen === undefined || chosen.broken
          ? `it needs [${atom}], which cannot be satisfied`
          : `it needs [${atom}], but ${chosen.toString()} is what others need`;
      });
  }

  private isMet({ name, dependency }: Requirement, by: Candidate): boolean {
    if (name.locked) {
      const sound = dependency.conflict || name.chosen?.candidate.broken !== true;
      return sound && this.failure.graph.fulfils(dependency, name.chosen, by);
    }
    const providers = this.failure.graph.providersOf(name);
    return (
      dependency.conflict ||
      providers.some((provider) => this.failure.graph.fulfils(dependency, provider, by))
    );
  }
}

/** Every name under which the package could serve, its own first. */
function offersOf(candidate: Candidate): Candidate['provides'] {
  return [{ name: candidate.name, version: candidate.summary.version }, ...candidate.provides];
}
