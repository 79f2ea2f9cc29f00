import { formatDependency } from '../dependency.ts';
import type { Dependency } from '../dependency.ts';
import type { Candidate, NameNode, Requirement } from './graph/names.ts';
import type { Reason } from './model.ts';

/** Something that asks for a name, or refuses it: the user's request or a package that was decided on. */
export interface Demand {
  readonly by: Candidate | 'request';
  readonly dependency: Dependency;
}

/** More of the same adds nothing to an explanation. */
const MAX_DEMANDS = 3;

/** Who asks for what among the request and the decided packages, and by which shortest chain. */
export class Demands {
  private readonly byName = new Map<NameNode, Demand[]>();
  /** The first demand by which each package was reached from the request. */
  private readonly reachedBy = new Map<Candidate, Demand>();

  constructor(requested: readonly Requirement[], packages: readonly Candidate[]) {
    this.addAll('request', requested);
    for (const candidate of packages) this.addAll(candidate, candidate.depends);
    this.traceChains(requested);
  }

  on(name: NameNode): readonly Demand[] {
    return this.byName.get(name) ?? [];
  }

  isWanted(name: NameNode): boolean {
    return this.on(name).some(({ dependency }) => !dependency.conflict);
  }

  /** Who wants one of the names, each with the chain that leads there from the request. */
  chainsTo(names: readonly NameNode[]): Reason[] {
    return names
      .flatMap((name) => this.on(name))
      .filter(({ dependency }) => !dependency.conflict)
      .slice(0, MAX_DEMANDS)
      .map((demand) => this.chain(demand));
  }

  private chain(demand: Demand): Reason {
    const above = demand.by === 'request' ? undefined : this.reachedBy.get(demand.by);
    return {
      text: `wanted by ${describeDemand(demand)}`,
      because: above === undefined ? [] : [this.chain(above)],
    };
  }

  private addAll(by: Demand['by'], requirements: readonly Requirement[]): void {
    for (const { name, dependency } of requirements) {
      const demands = this.byName.get(name) ?? [];
      demands.push({ by, dependency });
      this.byName.set(name, demands);
    }
  }

  /** Breadth first, so that every chain is a shortest one. */
  private traceChains(requested: readonly Requirement[]): void {
    const queue: { readonly by: Demand['by']; readonly requirements: readonly Requirement[] }[] = [
      { by: 'request', requirements: requested },
    ];
    for (const { by, requirements } of queue) {
      for (const { name, dependency } of requirements) {
        const candidate = name.chosen?.candidate;
        if (candidate === undefined || dependency.conflict || this.reachedBy.has(candidate))
          continue;
        this.reachedBy.set(candidate, { by, dependency });
        queue.push({ by: candidate, requirements: candidate.depends });
      }
    }
  }
}

/** `the request [haproxy]` or `alpine-base-3.19.2-r0 [busybox-suid]`. */
export function describeDemand({ by, dependency }: Demand): string {
  return `${by === 'request' ? 'the request' : by.toString()} [${formatDependency(dependency)}]`;
}
