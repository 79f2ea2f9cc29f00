import type { DependencyGraph } from '../graph/dependency-graph.ts';
import type { NameKind, NameNode } from '../graph/names.ts';
import type { Agenda } from './model.ts';

const KIND_RANK: Readonly<Record<NameKind, number>> = { plain: 0, shared: 1, virtual: 2 };

/**
 * As apk-tools 2.14: names about which nothing is left to be learned at once, then requested names, then those that
 * only their own packages provide, then long dependency chains. Of equals the one that came up last. Source:
 * `queue_dirty`, `queue_unresolved` and the loop of `apk_solver_solve` of apk-tools 2.14, src/solver.c.
 */
export class Agenda2 implements Agenda {
  private readonly graph: DependencyGraph;
  private readonly open = new Set<NameNode>();
  /** Those of them that decided names alone ask for, with one option left. */
  private readonly settled = new Set<NameNode>();
  private clock = 0;

  constructor(graph: DependencyGraph) {
    this.graph = graph;
  }

  wanted(name: NameNode): void {
    if (name.locked) return;
    if (name.requirers === 0 && !name.triggered) {
      this.close(name);
      return;
    }
    if (!this.open.has(name)) {
      this.clock += 1;
      name.openSince = this.clock;
      this.open.add(name);
    }
    this.reconsidered(name);
  }

  filtered(name: NameNode): void {
    this.wanted(name);
  }

  reconsidered(name: NameNode): void {
    const settled = name.dependantsDecided && name.requirers > 0 && !name.hasOptions;
    if (settled && this.open.has(name)) this.settled.add(name);
    else this.settled.delete(name);
  }

  close(name: NameNode): void {
    this.open.delete(name);
    this.settled.delete(name);
  }

  next(): NameNode | undefined {
    return this.latestSettled() ?? this.mostUrgent();
  }

  private latestSettled(): NameNode | undefined {
    let best: NameNode | undefined;
    for (const name of this.settled) {
      if (best === undefined || name.openSince > best.openSince) best = name;
    }
    return best;
  }

  private mostUrgent(): NameNode | undefined {
    let best: NameNode | undefined;
    for (const name of this.open) {
      if (best === undefined || this.compare(name, best) < 0) best = name;
    }
    return best;
  }

  private compare(a: NameNode, b: NameNode): number {
    return (
      Number(b.requested) - Number(a.requested) ||
      KIND_RANK[this.graph.kindOf(a)] - KIND_RANK[this.graph.kindOf(b)] ||
      b.rank - a.rank ||
      Number(b.requirers > 0) - Number(a.requirers > 0) ||
      b.openSince - a.openSince
    );
  }
}
