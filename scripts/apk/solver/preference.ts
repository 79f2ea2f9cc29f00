import { compareVersions } from '../version.ts';
import type { NameKind, NameNode, Provider } from './graph.ts';

/**
 * Which of two providers of a name to take: above 0 for the first, below for the second. The rules and their
 * order are those of apk-tools 2.14 for an empty root.
 */
export function compareProviders(a: Provider, b: Provider): number {
  const left = a.candidate;
  const right = b.candidate;
  return (
    Number(left.selectable) - Number(right.selectable) ||
    Number(left.inMergeGroup) - Number(right.inMergeGroup) ||
    right.conflicts - left.conflicts ||
    Number(left.tagAllowed) - Number(right.tagAllowed) ||
    Number(left.tagPreferred) - Number(right.tagPreferred) ||
    compareOptionalVersions(a.version, b.version) ||
    (left.name === right.name ? compareVersions(left.summary.version, right.summary.version) : 0) ||
    left.summary.providerPriority - right.summary.providerPriority ||
    firstRepository(right.offer.repositories) - firstRepository(left.offer.repositories)
  );
}

/** A name provided without a version says nothing about which provider is newer. */
function compareOptionalVersions(a: string | undefined, b: string | undefined): number {
  return a === undefined || b === undefined ? 0 : compareVersions(a, b);
}

function firstRepository(repositories: number): number {
  return 31 - Math.clz32(repositories & -repositories);
}

const KIND_RANK: Readonly<Record<NameKind, number>> = { plain: 0, shared: 1, virtual: 2 };

/**
 * Which undecided name to decide next: requested names, then names that only their own packages provide,
 * then long dependency chains. Of equals the one that came up last.
 */
export function mostUrgent(
  open: Iterable<NameNode>,
  kindOf: (name: NameNode) => NameKind,
): NameNode | undefined {
  let best: NameNode | undefined;
  for (const name of open) {
    if (best === undefined || compareUrgency(name, best, kindOf) < 0) best = name;
  }
  return best;
}

function compareUrgency(a: NameNode, b: NameNode, kindOf: (name: NameNode) => NameKind): number {
  return (
    Number(b.requested) - Number(a.requested) ||
    KIND_RANK[kindOf(a)] - KIND_RANK[kindOf(b)] ||
    b.depth - a.depth ||
    Number(b.requirers > 0) - Number(a.requirers > 0) ||
    b.openSince - a.openSince
  );
}

/** The one that came up last. */
export function latest(names: Iterable<NameNode>): NameNode | undefined {
  let best: NameNode | undefined;
  for (const name of names) {
    if (best === undefined || name.openSince > best.openSince) best = name;
  }
  return best;
}
