import type { Candidate, NameNode } from './graph.ts';
import { run } from './trampoline.ts';
import type { Walk } from './trampoline.ts';
import { compareTableOrder } from './universe.ts';
import type { Universe } from './universe.ts';

/** What the order of repositories and their tags mean for a single package. */
export interface TagRules {
  /** Repositories without a tag: anything may come from them. */
  readonly untagged: number;
}

/**
 * Finds every name that could matter to the request: what it asks for, all candidates' dependencies, and
 * whatever these could pull in by install_if. Sets the depths by which the search orders its work.
 */
export function discover(universe: Universe, names: readonly NameNode[], rules: TagRules): void {
  for (const name of names) run(visitName(universe, name, rules));
  linkDependants(universe);
}

function* visitName(universe: Universe, name: NameNode, rules: TagRules): Walk {
  if (name.seen) return;
  name.seen = true;
  name.neverTriggered = true;
  const providers = universe.providersOf(name);
  for (const { candidate } of providers) {
    if (!candidate.seen) {
      prepare(candidate, rules);
      for (const { name: wanted } of candidate.depends) {
        yield visitName(universe, wanted, rules);
        candidate.depth = Math.max(candidate.depth, wanted.depth + 1);
      }
    }
    name.neverTriggered &&= candidate.neverTriggered;
    name.depth = Math.max(name.depth, candidate.depth);
  }
  for (const { candidate } of providers) yield visitTriggered(universe, candidate, rules);
}

function* visitTriggered(universe: Universe, candidate: Candidate, rules: TagRules): Walk {
  for (const name of universe.triggeredBy(candidate.name)) yield visitName(universe, name, rules);
  for (const { name: provided } of candidate.provides) {
    if (provided.seen) continue;
    for (const name of universe.triggeredBy(provided)) yield visitName(universe, name, rules);
  }
}

/** A package of no installed size counts as untagged wherever it is: apk takes it for a virtual one. */
function prepare(candidate: Candidate, rules: TagRules): void {
  candidate.seen = true;
  candidate.selectable = true;
  candidate.neverTriggered = candidate.installIf.length === 0;
  candidate.tagPreferred =
    candidate.record.installedSize === 0 || (candidate.repositories & rules.untagged) !== 0;
  candidate.tagAllowed = candidate.tagPreferred;
}

function linkDependants(universe: Universe): void {
  for (const name of universe.seenNames().sort(compareTableOrder)) {
    const wanted = new Set<NameNode>();
    for (const { candidate } of universe.providersOf(name)) {
      for (const requirement of candidate.depends) wanted.add(requirement.name);
    }
    for (const other of wanted) other.dependants.push(name);
  }
}
