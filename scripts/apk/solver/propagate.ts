import { OWN_NAME, PROVIDED_NAME } from '../index/scan/name-index.ts';
import type { DependencyGraph } from './graph/dependency-graph.ts';
import { compareTableOrder } from './graph/name-table.ts';
import type { Candidate, NameNode, Provider, Requirement } from './graph/names.ts';
import { SharedConstraints } from './merge.ts';
import type { Agenda, SolverRules } from './rules/model.ts';
import type { TagTable } from './tags.ts';

/** Whom a constraint comes from: a package, or the user's request with the bit set of tags it names. */
export type Demander = Candidate | { readonly tags: number };

/** An install_if condition that holds because something is absent brings no tag along. */
const NO_TAGS: Demander = { tags: 0 };

/** Whether looking at the name again may change anything, and it does not wait for that yet. */
function isDue({ dirty, locked, requirers, recheckInstallIf }: NameNode): boolean {
  return !dirty && !locked && (requirers > 0 || recheckInstallIf);
}

/**
 * Carries each decision to everything it touches: candidates that it rules out, dependencies that all the
 * remaining ones share, install_if conditions that it fulfils.
 *
 * Source: `apply_constraint`, `exclude_non_providers`, `disqualify_package`, `reconsider_name` and the `reevaluate_reverse_*`
 * functions of apk-tools, src/solver.c.
 */
export class Propagator {
  readonly agenda: Agenda;
  private readonly rules: SolverRules;
  private readonly graph: DependencyGraph;
  private readonly tags: TagTable;
  /** By a name's number: something that its packages depend on has changed. Set for names that nobody asked for too. */
  private readonly recheckDepends: Uint8Array;
  private dirty: NameNode[] = [];

  constructor(graph: DependencyGraph, tags: TagTable) {
    this.graph = graph;
    this.rules = graph.rules;
    this.agenda = this.rules.agendaFor(graph);
    this.tags = tags;
    this.recheckDepends = new Uint8Array(graph.size);
  }

  /** Looks at names until nothing changes any more. */
  settle(): void {
    for (let position = 0; position < this.dirty.length; position++) {
      const name = this.dirty[position];
      if (name?.dirty === true) this.reconsider(name);
    }
    this.dirty = [];
  }

  /** Makes everything that provides the requirement's name fulfil it or count as conflicting. */
  constrain({ name, dependency }: Requirement, demander: Demander): void {
    if (!dependency.conflict) {
      name.requirers += 1;
      if (name.requirers === 1) this.requirersChanged(name);
    }
    const by = 'tags' in demander ? undefined : demander;
    for (const provider of this.graph.providersOf(name)) {
      const { candidate } = provider;
      if (this.graph.fulfils(dependency, provider, by)) {
        this.inheritTags(candidate, demander);
      } else {
        candidate.conflicts += 1;
      }
      if (candidate.selectable && candidate.conflicts > 0) this.disqualify(candidate);
    }
  }

  /** Settles a name on a provider or, without one, on nothing; others that insist on it are out. */
  lock(name: NameNode, provider: Provider | undefined): void {
    name.locked = true;
    name.chosen = provider;
    name.dirty = false;
    this.agenda.close(name);
    for (const other of this.graph.providersOf(name)) {
      const compatible = provider?.version === undefined && other.version === undefined;
      if (other.candidate !== provider?.candidate && !compatible) this.disqualify(other.candidate);
    }
    this.recheckDependants(name);
    if (provider === undefined) this.recheckTriggered(name);
    else this.recheckTriggeredByPackage(provider.candidate);
  }

  private requirersChanged(name: NameNode): void {
    this.agenda.wanted(name);
    this.recheckTriggered(name);
    this.markDirty(name);
  }

  private inheritTags(candidate: Candidate, demander: Demander): void {
    if ('tags' in demander) {
      candidate.allowedTags |= demander.tags;
      candidate.tagPreferred = this.tags.offers(demander.tags, candidate);
    } else {
      candidate.allowedTags |= demander.allowedTags;
    }
    candidate.tagAllowed ||= this.tags.offers(candidate.allowedTags, candidate);
  }

  private disqualify(candidate: Candidate): void {
    candidate.selectable = false;
    this.recheckDependants(candidate.name);
    for (const { name } of candidate.provides) this.recheckDependants(name);
    this.recheckTriggeredByPackage(candidate);
  }

  private recheckDependants(name: NameNode): void {
    const due: NameNode[] = [];
    for (const number of this.graph.dependantsOf(name)) {
      this.recheckDepends[number] = 1;
      const dependant = this.graph.known(number);
      if (dependant !== undefined && isDue(dependant)) due.push(dependant);
    }
    due.sort((a, b) => compareTableOrder(a.bytes, b.bytes));
    for (const dependant of due) this.markDirty(dependant);
  }

  private areDependantsLocked(name: NameNode): boolean {
    const dependants = this.graph.dependantsOf(name);
    return dependants.every((number) => this.graph.known(number)?.locked === true);
  }

  private recheckTriggered(name: NameNode): void {
    for (const triggered of this.graph.triggeredBy(name)) {
      if (!triggered.seen || triggered.neverTriggered) continue;
      triggered.recheckInstallIf = true;
      this.markDirty(triggered);
    }
  }

  private recheckTriggeredByPackage(candidate: Candidate): void {
    const { triggers } = candidate.offer;
    if ((triggers & OWN_NAME) !== 0) this.recheckTriggered(candidate.name);
    if ((triggers & PROVIDED_NAME) === 0) return;
    for (const { name } of candidate.provides) this.recheckTriggered(name);
  }

  private markDirty(name: NameNode): void {
    if (!isDue(name)) return;
    name.dirty = true;
    this.dirty.push(name);
  }

  /** Whether a name that an install_if condition refuses stays out shows only when it is decided. */
  private decideRefusal(name: NameNode): void {
    if (!this.rules.decidesRefusals || name.locked) return;
    name.refusedByInstallIf = true;
    this.agenda.wanted(name);
  }

  private reconsider(name: NameNode): void {
    name.dirty = false;
    const shared = this.intersectConstraints(name);
    name.hasOptions =
      shared.options.length > 1 || shared.options.some((candidate) => !candidate.tagAllowed);
    this.agenda.filtered(name);
    const [first] = shared.options;
    if (first !== undefined) {
      for (const { candidate } of this.graph.providersOf(name)) {
        candidate.inMergeGroup = candidate.merged;
      }
      this.pushDown(first, shared);
      for (const common of shared.commonNames()) this.excludeOthers(common, name);
    }
    name.dependantsDecided = this.areDependantsLocked(name);
    this.agenda.reconsidered(name);
  }

  /** Rules out candidates whose dependencies can no longer be met; gathers what the others share. */
  private intersectConstraints(name: NameNode): SharedConstraints {
    const { recheckInstallIf } = name;
    const recheckDepends = this.recheckDepends[name.number] === 1;
    this.recheckDepends[name.number] = 0;
    name.recheckInstallIf = false;
    const shared = new SharedConstraints();
    let triggered = false;
    let neverTriggered = true;
    for (const provider of this.graph.providersOf(name)) {
      const { candidate } = provider;
      candidate.merged = false;
      if (recheckDepends && candidate.selectable && !this.canBeMet(candidate)) {
        this.disqualify(candidate);
      }
      if (!candidate.selectable) continue;
      if (recheckInstallIf) this.checkInstallIf(candidate);
      triggered ||= candidate.triggered;
      neverTriggered &&= candidate.neverTriggered;
      if (name.requirers === 0) continue;
      candidate.merged = true;
      shared.add(provider);
    }
    name.triggered = triggered;
    name.neverTriggered = neverTriggered;
    return shared;
  }

  private canBeMet(candidate: Candidate): boolean {
    return candidate.depends.every(({ name, dependency }) => {
      if (name.locked) return this.graph.fulfils(dependency, name.chosen, candidate);
      if (name.requirers === 0 && dependency.conflict) return true;
      return this.graph
        .providersOf(name)
        .some(
          (provider) =>
            provider.candidate.selectable && this.graph.fulfils(dependency, provider, candidate),
        );
    });
  }

  private checkInstallIf(candidate: Candidate): void {
    if (!candidate.triggered && !candidate.neverTriggered) {
      const open = candidate.installIf.find(
        ({ name, dependency }) =>
          !name.locked || !this.graph.fulfils(dependency, name.chosen, candidate),
      );
      if (open?.dependency.conflict === true) this.decideRefusal(open.name);
      candidate.triggered = open === undefined;
      candidate.neverTriggered = open?.name.locked === true;
    }
    if (!candidate.triggered) return;
    for (const { name } of candidate.installIf) {
      this.inheritTags(candidate, name.chosen?.candidate ?? NO_TAGS);
    }
  }

  /** What all options depend on is needed whichever is taken; of a single option, every constraint holds. */
  private pushDown(first: Candidate, shared: SharedConstraints): void {
    for (const requirement of first.depends) {
      const { name } = requirement;
      if (!shared.takeDependency(name)) continue;
      if (shared.options.length === 1) {
        this.constrain(requirement, first);
      } else if (name.requirers === 0) {
        name.requirers = 1;
        this.requirersChanged(name);
        for (const { candidate } of this.graph.providersOf(name))
          this.inheritTags(candidate, first);
      }
    }
  }

  /**
   * When every option for `wanted` also provides `common`, whoever provides `common` without `wanted` would
   * clash with all of them; where the name is virtual, several may provide it side by side.
   */
  private excludeOthers(
    common: { readonly name: NameNode; readonly virtual: boolean },
    wanted: NameNode,
  ): void {
    if (common.name === wanted) return;
    for (const { candidate, version } of this.graph.providersOf(common.name)) {
      const harmless =
        candidate.name === wanted ||
        !candidate.selectable ||
        (common.virtual && version === undefined) ||
        candidate.provides.some(
          (provided) =>
            provided.name === wanted || (common.virtual && provided.version === undefined),
        );
      if (!harmless) this.disqualify(candidate);
    }
  }
}
