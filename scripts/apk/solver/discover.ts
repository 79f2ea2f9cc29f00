import { OWN_NAME, PROVIDED_NAME } from '../name-mentions.ts';
import type { Candidate, NameNode } from './graph.ts';
import { run } from './trampoline.ts';
import type { Walk } from './trampoline.ts';
import type { Universe } from './universe.ts';

/**
 * Finds every name that could matter to the request: what it asks for, all candidates' dependencies, and
 * whatever these could pull in by install_if. Sets the depths by which the search orders its work.
 *
 * @param untagged Bit set of the repositories without a tag: anything may come from them.
 */
export function discover(universe: Universe, names: readonly NameNode[], untagged: number): void {
  for (const name of names) if (!name.seen) run(visitName(universe, name, untagged));
  linkDependants(universe);
}

function* visitName(universe: Universe, name: NameNode, untagged: number): Walk {
  name.seen = true;
  name.neverTriggered = true;
  const providers = universe.providersOf(name);
  for (const { candidate } of providers) {
    if (!candidate.seen) {
      prepare(candidate, untagged);
      for (const { name: wanted } of candidate.depends) {
        if (!wanted.seen) yield visitName(universe, wanted, untagged);
        candidate.depth = Math.max(candidate.depth, wanted.depth + 1);
      }
    }
    name.neverTriggered &&= candidate.neverTriggered;
    name.depth = Math.max(name.depth, candidate.depth);
  }
  for (const { candidate } of providers) {
    if (candidate.offer.triggers !== 0) yield visitTriggered(universe, candidate, untagged);
  }
}

function* visitTriggered(universe: Universe, candidate: Candidate, untagged: number): Walk {
  const { triggers } = candidate.offer;
  if ((triggers & OWN_NAME) !== 0) {
    for (const name of universe.triggeredBy(candidate.name)) {
      if (!name.seen) yield visitName(universe, name, untagged);
    }
  }
  if ((triggers & PROVIDED_NAME) === 0) return;
  for (const { name: provided } of candidate.provides) {
    if (provided.seen) continue;
    for (const name of universe.triggeredBy(provided)) {
      if (!name.seen) yield visitName(universe, name, untagged);
    }
  }
}

/** A package of no installed size counts as untagged wherever it is: apk takes it for a virtual one. */
function prepare(candidate: Candidate, untagged: number): void {
  candidate.seen = true;
  candidate.selectable = true;
  candidate.neverTriggered = candidate.summary.installIf === '';
  candidate.tagPreferred =
    candidate.summary.installedSize === 0 || (candidate.offer.repositories & untagged) !== 0;
  candidate.tagAllowed = candidate.tagPreferred;
}

function linkDependants(universe: Universe): void {
  for (const name of universe.seenNames()) {
    for (const { candidate } of universe.providersOf(name)) {
      for (const { name: wanted } of candidate.depends) wanted.addDependant(name);
    }
  }
}
