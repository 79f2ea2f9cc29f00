import { apkOfBranch, apkOfVersion, APK_TOOLS } from '../apk/generation.ts';
import type { ApkGeneration } from '../apk/generation.ts';
import type { PackageRecord } from '../apk/model.ts';
import type { Reason } from '../apk/solver/model.ts';
import { solve } from '../apk/solver/solve.ts';
import { VipisoError } from '../core/errors.ts';
import type { Requests } from './lock/format/inputs.ts';
import type { Purpose } from './lock/format/schema.ts';
import type { OpenRepository } from './open-repositories.ts';

/** A package that the solver chose, for one purpose or several. */
interface ChosenForPurposes {
  readonly record: PackageRecord;
  readonly repository: OpenRepository;
  readonly purposes: readonly Purpose[];
}

export interface Choice {
  readonly packages: readonly ChosenForPurposes[];
  /** Install order of each purpose, by package name. */
  readonly order: Readonly<Partial<Record<Purpose, string[]>>>;
}

/**
 * Solves each purpose by itself, as the apk would that is chosen thereby: by the rules of the branch's first, then, where
 * these choose an apk-tools of the other generation, by that one's. Where neither chooses itself, the branch's hold.
 *
 * @throws VipisoError unsatisfiable with the tree of reasons
 */
export function choosePackages(
  repositories: readonly OpenRepository[],
  requests: Requests,
  branch: string,
): Choice {
  const expected = apkOfBranch(branch);
  const choice = chooseAs(expected, repositories, requests);
  const chosen = apkChosenBy(choice);
  if (chosen === undefined || chosen === expected) return choice;
  const other = chooseAs(chosen, repositories, requests);
  return apkChosenBy(other) === chosen ? other : choice;
}

/** The generation of the image's apk-tools, or of another purpose's where the image has none. */
function apkChosenBy({ packages }: Choice): ApkGeneration | undefined {
  const found = packages.filter(({ record }) => record.name === APK_TOOLS);
  const tools = found.find(({ purposes }) => purposes.includes('image')) ?? found[0];
  return tools === undefined ? undefined : apkOfVersion(tools.record.version);
}

function chooseAs(
  apk: ApkGeneration,
  repositories: readonly OpenRepository[],
  requests: Requests,
): Choice {
  const packages = new Map<
    string,
    { record: PackageRecord; repository: OpenRepository; purposes: Purpose[] }
  >();
  const order: Partial<Record<Purpose, string[]>> = {};
  for (const [purpose, request] of Object.entries(requests) as [Purpose, readonly string[]][]) {
    const chosen = solveFor(purpose, apk, repositories, request);
    order[purpose] = chosen.map(({ record }) => record.name);
    for (const { record, repository } of chosen) {
      const key = `${record.name} ${record.version} ${record.checksum}`;
      const known = packages.get(key);
      if (known === undefined) packages.set(key, { record, repository, purposes: [purpose] });
      else known.purposes.push(purpose);
    }
  }
  return { packages: [...packages.values()], order };
}

function solveFor(
  purpose: Purpose,
  apk: ApkGeneration,
  repositories: readonly OpenRepository[],
  request: readonly string[],
): { record: PackageRecord; repository: OpenRepository }[] {
  const solution = solve({
    apk,
    request,
    repositories: repositories.map(({ model, index }) => ({
      name: model.name,
      tag: model.tag,
      records: index.records,
    })),
  });
  if (!solution.satisfiable) {
    throw unsatisfiable(WHAT[purpose], solution.reasons, CLUSTER_FILE_HINT);
  }
  return solution.packages.map(({ record, repository }) => {
    const home = repositories.find(({ model }) => model.name === repository);
    if (home === undefined)
      throw new Error(`the solver named an unknown repository: ${repository}`);
    return { record, repository: home };
  });
}

const WHAT: Record<Purpose, string> = {
  image: 'the packages of the image',
  kernel: 'the packages that make the kernel files',
  builder: 'the packages that mkimage runs with',
};

const CLUSTER_FILE_HINT =
  'Change alpine.packages or alpine.repositories in the cluster file as the lines above suggest.';

/** The error of a request that has no solution: the chain of reasons, indented by depth. */
export function unsatisfiable(what: string, reasons: readonly Reason[], hint: string): VipisoError {
  return new VipisoError('unsatisfiable', `${what} cannot be chosen`, {
    details: reasons.flatMap((reason) => reasonLines(reason, '')),
    hint,
  });
}

function reasonLines({ text, because }: Reason, indent: string): string[] {
  return [`${indent}${text}`, ...because.flatMap((below) => reasonLines(below, `${indent}  `))];
}
