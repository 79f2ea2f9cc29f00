import type { ApkGeneration } from '../generation.ts';
import type { PackageIndex } from '../index/package-index.ts';
import type { PackageRecord } from '../model.ts';

/** A repository as a solver sees it. */
export interface SolverRepository {
  /** How results and messages call it. */
  readonly name: string;
  /** Tag without `@`: packages come from here only where the request or a tagged package asks so. */
  readonly tag?: string | undefined;
  readonly records: PackageIndex | readonly PackageRecord[];
}

export interface SolverInput {
  /** Whose choices: apk-tools 2.14's or 3's. */
  readonly apk: ApkGeneration;
  /** What to install: the lines of a world file, `name`, `name=1.2-r0`, `name@tag`, `!name`. */
  readonly request: readonly string[];
  /** In order of preference. */
  readonly repositories: readonly SolverRepository[];
}

/** Why a package is in a solution: a line of the request, a package that depends on it, or its install_if. */
export type Why =
  | { readonly kind: 'request'; readonly atom: string }
  | { readonly kind: 'depends'; readonly by: string; readonly atom: string }
  | { readonly kind: 'install-if'; readonly atoms: readonly string[] };

export interface ChosenPackage {
  readonly record: PackageRecord;
  /** Name of the first repository that has it. */
  readonly repository: string;
  readonly why: readonly Why[];
}

/** A set that fulfils the request, in the order in which apk installs it. */
export interface Solution {
  readonly satisfiable: true;
  readonly packages: readonly ChosenPackage[];
}

/** One link of an explanation; what stands below it says why it is so. */
export interface Reason {
  readonly text: string;
  readonly because: readonly Reason[];
}

export interface Unsatisfiable {
  readonly satisfiable: false;
  readonly reasons: readonly Reason[];
}
