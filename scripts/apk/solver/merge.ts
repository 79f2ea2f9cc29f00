import type { Candidate, NameNode, Provider } from './graph/names.ts';

/**
 * What every option for a name has in common, and can therefore be acted upon before one is chosen. Source: `merge_index`
 * and `merge_index_complete` of apk-tools, src/solver.c, as `reconsider_name` uses them.
 */
export class SharedConstraints {
  readonly options: Candidate[] = [];
  /** Names on which every option depends. */
  private readonly depends = new Map<NameNode, number>();
  /** Names that every option provides. */
  private readonly provides = new Map<NameNode, { count: number; virtual: boolean }>();

  add({ candidate, version }: Provider): void {
    const position = this.options.length;
    for (const { name, dependency } of candidate.depends) {
      if (!dependency.conflict && (this.depends.get(name) ?? 0) === position) {
        this.depends.set(name, position + 1);
      }
    }
    this.countProvided(candidate.name, version === undefined, position);
    for (const provided of candidate.provides) {
      this.countProvided(provided.name, provided.version === undefined, position);
    }
    this.options.push(candidate);
  }

  private countProvided(name: NameNode, virtual: boolean, position: number): void {
    const { count, virtual: before } = this.provides.get(name) ?? { count: 0, virtual: false };
    if (count !== position) return;
    this.provides.set(name, { count: position + 1, virtual: before || virtual });
  }

  /** True the first time it is asked for a name on which every option depends. */
  takeDependency(name: NameNode): boolean {
    const common = this.depends.get(name) === this.options.length;
    this.depends.delete(name);
    return common;
  }

  /** Names that every option provides, in the first one's order; virtual: by some without a version. */
  *commonNames(): Generator<{ readonly name: NameNode; readonly virtual: boolean }> {
    for (const [name, { count, virtual }] of this.provides) {
      if (count === this.options.length) yield { name, virtual };
    }
  }
}
