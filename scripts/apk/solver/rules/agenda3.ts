import type { DependencyGraph } from '../graph/dependency-graph.ts';
import type { NameNode } from '../graph/names.ts';
import { isAutoSelectable } from '../preference.ts';
import type { Agenda } from './model.ts';

/**
 * As apk-tools 3: names about which nothing is left to be learned, in the order in which that came out; then those that
 * have a provider to choose; then the rest. Requested names go before others, those that some package bears before virtual
 * ones, the last discovered first. Source: `queue_insert`, `queue_unresolved` and `dequeue_next_name` of apk-tools 3,
 * src/solver.c.
 */
export class Agenda3 implements Agenda {
  private readonly graph: DependencyGraph;
  private readonly open = new Set<NameNode>();
  /** Names never leave it again but by being decided. */
  private readonly settled = new Set<NameNode>();

  constructor(graph: DependencyGraph) {
    this.graph = graph;
  }

  wanted(name: NameNode): void {
    if (name.locked || this.settled.has(name)) return;
    const known = this.open.has(name);
    if (!known && name.requirers === 0 && !name.triggered && !name.refusedByInstallIf) return;
    if (isSettled(name)) {
      this.open.delete(name);
      this.settled.add(name);
    } else if (!known) {
      this.open.add(name);
    }
  }

  filtered(name: NameNode): void {
    name.autoSelectable = this.graph
      .providersOf(name)
      .some(
        (provider) =>
          provider.candidate.selectable &&
          (provider.candidate.triggered || (name.requirers > 0 && isAutoSelectable(provider))),
      );
  }

  reconsidered(name: NameNode): void {
    this.wanted(name);
  }

  close(name: NameNode): void {
    this.open.delete(name);
    this.settled.delete(name);
  }

  next(): NameNode | undefined {
    for (const name of this.settled) return name;
    let best: NameNode | undefined;
    for (const name of this.open) {
      if (best === undefined || this.compare(name, best) < 0) best = name;
    }
    return best;
  }

  private compare(a: NameNode, b: NameNode): number {
    return (
      Number(b.autoSelectable) - Number(a.autoSelectable) ||
      Number(b.requested) - Number(a.requested) ||
      Number(this.isOwnName(b)) - Number(this.isOwnName(a)) ||
      b.rank - a.rank
    );
  }

  /** Some package bears the name itself. */
  private isOwnName(name: NameNode): boolean {
    name.installed ??= this.graph
      .providersOf(name)
      .some(({ candidate }) => candidate.name === name);
    return name.installed;
  }
}

/** Decided names alone ask for it, and one option is left, which may be taken. */
function isSettled(name: NameNode): boolean {
  return name.dependantsDecided && name.requirers > 0 && name.autoSelectable && !name.hasOptions;
}
