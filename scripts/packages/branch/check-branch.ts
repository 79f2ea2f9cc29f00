import type { SourceText } from '../../cluster/findings/diagnostic-frame.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Report } from '../../core/events.ts';
import type { Lockfile } from '../lock/format/schema.ts';
import type { OpenRepository } from '../open-repositories.ts';
import { branchClaim, RELEASE_PACKAGES } from './claims.ts';
import type { BranchClaim, RepositoryFacts } from './claims.ts';
import { branchPlace } from './place.ts';

export interface BranchCheck {
  /** `alpine.branch` of the cluster file. */
  readonly branch: string;
  /** The cluster file, where it is at hand: the error shows its line. */
  readonly source: SourceText | undefined;
  readonly report: Report;
}

/**
 * Holds what the repositories say of themselves against `alpine.branch`. Edge moves, so a repository of another branch
 * is only a warning there; so is one that only its description or its tag reports, and silence.
 *
 * @throws VipisoError branch-mismatch
 */
export function checkRepositories(
  repositories: readonly OpenRepository[],
  check: BranchCheck,
): void {
  const claims = repositories.map(factsOf).flatMap((facts) => branchClaim(facts) ?? []);
  refuseOthers(claims, check, {
    verb: 'are',
    hint: `name repositories of ${check.branch}`,
  });
  warnOfOthers(claims, check);
  if (claims.length > 0) return;
  const names = repositories.map(({ model }) => model.name).join(', ');
  warn(
    check,
    `No repository says which branch of Alpine it is of (${names}): nothing confirms that alpine.branch, ${check.branch}, is right.`,
  );
}

/**
 * The same for what a lock holds.
 *
 * @throws VipisoError branch-mismatch
 */
export function checkLock(lock: Lockfile, check: BranchCheck): void {
  const claims = lock.repositories.flatMap((it) => branchClaim(lockedFacts(lock, it)) ?? []);
  refuseOthers(claims, check, {
    verb: 'of the lock are',
    hint: `name repositories of ${check.branch}, then run: vipiso lock`,
  });
}

function factsOf({ model, index }: OpenRepository): RepositoryFacts {
  const releases = RELEASE_PACKAGES.flatMap((name) =>
    index.records.named(name).map(({ version }) => `${name} ${version}`),
  );
  return { name: model.name, tag: model.tag, description: index.description, releases };
}

function lockedFacts(
  lock: Lockfile,
  { name, tag, index }: Lockfile['repositories'][number],
): RepositoryFacts {
  const names: readonly string[] = RELEASE_PACKAGES;
  const releases = lock.packages
    .filter((it) => it.repository === name && names.includes(it.name))
    .map((it) => `${it.name} ${it.version}`);
  return { name, tag, description: index.description, releases };
}

function refuseOthers(
  claims: readonly BranchClaim[],
  { branch, source }: BranchCheck,
  words: { readonly verb: string; readonly hint: string },
): void {
  if (branch === 'edge') return;
  const others = claims.filter((it) => it.sure && !it.branches.includes(branch));
  if (others.length === 0) return;
  const theirs = [...new Set(others.flatMap(({ branches }) => branches))];
  const message = `alpine.branch is ${branch}, but the repositories ${words.verb} of ${theirs.join(' and ')}`;
  const place = source && branchPlace(source, `the repositories ${words.verb} of another branch`);
  throw new VipisoError('branch-mismatch', message, {
    details: [...others.map(lineOf), ...(place?.frame ?? [])],
    hint: hintOf(theirs, place, words.hint),
  });
}

function hintOf(
  theirs: readonly string[],
  place: ReturnType<typeof branchPlace> | undefined,
  otherwise: string,
): string {
  const [only, ...more] = theirs;
  if (only === undefined || more.length > 0) return `The branches differ: ${otherwise}.`;
  const where = place?.place ?? 'the cluster file';
  const line =
    place?.written === false ? `below “alpine:” the line “branch: ${only}”` : `“branch: ${only}”`;
  return `Write ${line} in ${where}, or ${otherwise}.`;
}

function warnOfOthers(claims: readonly BranchClaim[], check: BranchCheck): void {
  const { branch } = check;
  for (const claim of claims.filter((it) => !it.branches.includes(branch))) {
    warn(check, `alpine.branch is ${branch}, but ${lineOf(claim)}.`);
  }
}

function lineOf({ repository, branches, by }: BranchClaim): string {
  return `${repository} is of ${branches.join(', ')}, by ${by}`;
}

function warn({ report }: BranchCheck, text: string): void {
  report({ type: 'note', level: 'warning', text });
}
