import { apkOfBranch, apkOfVersion, APK_TOOLS } from '../apk/generation.ts';
import type { ApkGeneration } from '../apk/generation.ts';
import type { ChosenPackage, Why } from '../apk/solver/model.ts';
import { solve } from '../apk/solver/solve.ts';
import { alpineRepositories, DEFAULT_BRANCH } from '../cluster/resolve/alpine.ts';
import type { Host } from '../host/host.ts';
import { unsatisfiable } from '../packages/choose-packages.ts';
import { openSources } from '../packages/sources.ts';
import type { SourceFlags } from '../packages/sources.ts';
import { openRepositories } from '../packages/open-repositories.ts';
import type { OpenRepository } from '../packages/open-repositories.ts';
import { trustedKeys } from '../packages/trust/trusted-keys.ts';

export interface SolveRequest {
  /** What to install, in apk's notation: `name`, `name>=1.2`, `so:libssl.so.3`, `!name`, `name@tag`. */
  readonly request: readonly string[];
  readonly arch: string;
  /** Whose choices; absent = those of the branch's apk. */
  readonly apk?: ApkGeneration | undefined;
  /** `v3.24`; absent = that of the apk-tools in the repositories counts. */
  readonly branch?: string | undefined;
  /** Without repositories: those of Alpine's own mirror. */
  readonly sources: SourceFlags;
}

/**
 * What `apk add` would install into an empty root, in its order, and why.
 *
 * The rules are those of the generation of apk that was asked for, else of the branch's, else of the newest apk-tools
 * that the repositories have.
 *
 * @throws VipisoError unsatisfiable with the chain of reasons; what reading an index throws
 */
export async function solveRequest(
  host: Host,
  request: SolveRequest,
): Promise<{ readonly apk: ApkGeneration; readonly packages: readonly ChosenPackage[] }> {
  const { arch, branch = DEFAULT_BRANCH } = request;
  const alpine = { branch, arch, keysFolder: undefined, repositories: alpineRepositories(branch) };
  await using sources = openSources(host, { alpine }, request.sources);
  const repositories = await openRepositories(sources, await trustedKeys(sources));
  const apk = request.apk ?? apkOf(request.branch, repositories);
  const solution = solve({
    apk,
    request: request.request,
    repositories: repositories.map(({ model, index }) => ({
      name: model.name,
      tag: model.tag,
      records: index.records,
    })),
  });
  if (solution.satisfiable) return { apk, packages: solution.packages };
  throw unsatisfiable(
    `the request “${request.request.join(' ')}”`,
    solution.reasons,
    'Change the request or the repositories as the lines above suggest.',
  );
}

function apkOf(branch: string | undefined, repositories: readonly OpenRepository[]): ApkGeneration {
  if (branch !== undefined) return apkOfBranch(branch);
  const untagged = repositories.filter(({ model }) => model.tag === undefined);
  const found = untagged.flatMap(({ index }) => index.records.named(APK_TOOLS));
  return found.every(({ version }) => apkOfVersion(version) === '2') && found.length > 0
    ? '2'
    : '3';
}

/** One line: `requested`, `openrc[so:libcap.so.2]`, `installed with openrc, haproxy`. */
export function formatWhy(why: Why): string {
  switch (why.kind) {
    case 'request':
      return 'requested';
    case 'depends':
      return `${why.by} needs ${why.atom}`;
    case 'install-if':
      return `comes with ${why.atoms.join(' + ')}`;
  }
}
