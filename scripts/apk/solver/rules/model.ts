import { parseDependency } from '../../dependency.ts';
import type { Dependency } from '../../dependency.ts';
import type { NameBytes } from '../../index/scan/name-bytes.ts';
import type { Catalogue } from '../graph/catalogue.ts';
import type { DependencyGraph } from '../graph/dependency-graph.ts';
import type { Discovery } from '../graph/discovery.ts';
import type { NameNode } from '../graph/names.ts';

/** In what the solvers of the generations of apk-tools (src/solver.c) differ. */
export interface SolverRules {
  /** Finds every name that could matter, and ranks them for the agenda. */
  readonly discover: (catalogue: Catalogue, wanted: readonly NameBytes[]) => Discovery;
  /** Names that wait to be decided. */
  readonly agendaFor: (graph: DependencyGraph) => Agenda;
  /**
   * Whether a provider of the dependency's name fulfils it.
   *
   * @param version The version it provides the name with; `undefined` for a bare virtual name.
   * @param checksum Identity of its package, as its index records it.
   */
  readonly isProvidedBy: (
    dependency: Dependency,
    version: string | undefined,
    checksum: string,
  ) => boolean;
  /** A package that refuses a name is out when it provides that name itself. */
  readonly refusesItself: boolean;
  /** Above 0 where `a` is newer; `undefined` is a name that is provided without a version. */
  readonly compareProvided: (a: string | undefined, b: string | undefined) => number;
  readonly compareVersions: (a: string, b: string) => number;
  readonly isValidVersion: (version: string) => boolean;
  /** Conditions of install_if that refuse a name are decided for their own sake, and need not be installed first. */
  readonly decidesRefusals: boolean;
  /** A package with a malformed dependency cannot be chosen, and malformed install_if conditions count as none. */
  readonly refusesMalformed: boolean;
  /** What install_if brings in must be free of conflicts. */
  readonly triggeredMustBeSelectable: boolean;
}

/** Names that are asked for or triggered and not decided yet, in the order in which they are to be. */
export interface Agenda {
  /** Something has begun to ask for the name. */
  wanted(name: NameNode): void;
  /** The name's candidates were gone through; what follows from them is not carried on yet. */
  filtered(name: NameNode): void;
  /** The name was looked at, and all that follows from it is known. */
  reconsidered(name: NameNode): void;
  /** The name is decided. */
  close(name: NameNode): void;
  next(): NameNode | undefined;
}

/** `undefined` when that apk would not take the text for a dependency. */
export function parseDependencyAs(rules: SolverRules, atom: string): Dependency | undefined {
  const dependency = parseDependency(atom);
  const constraint = dependency?.constraint;
  if (constraint?.kind === 'version' && !rules.isValidVersion(constraint.version)) return undefined;
  return dependency;
}
