import { compareStrings } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { parseDependency } from '../dependency.ts';
import { PackageIndex } from '../package-index.ts';
import { discover } from './discover.ts';
import { installOrder } from './install-order.ts';
import type { Solution, SolverInput, SolverRepository, Unsatisfiable } from './model.ts';
import { Search } from './search.ts';
import type { Wish } from './search.ts';
import { Universe } from './universe.ts';

export function solve({ request, repositories }: SolverInput): Solution | Unsatisfiable {
  const tags = [
    '',
    ...new Set(repositories.flatMap(({ tag }) => (tag === undefined ? [] : [tag]))),
  ];
  const tagRepositories = tags.map((tag) => maskOf(repositories, tag));
  const universe = new Universe(repositories.map(({ records }) => indexOf(records)));
  const wishes = wishesOf(request, universe, tags);
  discover(
    universe,
    wishes.map(({ name }) => name),
    { untagged: tagRepositories[0] ?? 0 },
  );
  const failures = new Search(universe, tagRepositories).run(wishes);
  const order = installOrder(universe, wishes);
  if (failures.unprovided.length + failures.broken.length + order.broken.length > 0) {
    return { satisfiable: false, reasons: [] };
  }
  return {
    satisfiable: true,
    packages: order.packages.map((candidate) => ({
      record: candidate.record,
      repository:
        repositories[31 - Math.clz32(candidate.repositories & -candidate.repositories)]?.name ?? '',
      why: [],
    })),
  };
}

function maskOf(repositories: readonly SolverRepository[], tag: string): number {
  return repositories.reduce(
    (mask, repository, position) =>
      (repository.tag ?? '') === tag ? mask | (1 << position) : mask,
    0,
  );
}

function indexOf(records: SolverRepository['records']): PackageIndex {
  return records instanceof PackageIndex ? records : PackageIndex.fromRecords(records);
}

function wishesOf(request: readonly string[], universe: Universe, tags: readonly string[]): Wish[] {
  const wishes = new Map<string, Wish>();
  for (const atom of request) {
    const dependency = parseDependency(atom);
    if (dependency === undefined)
      throw new VipisoError('usage', `“${atom}” is not a package request.`);
    const name = universe.name(dependency.name);
    name.requested = true;
    wishes.set(dependency.name, {
      name,
      dependency,
      tag: Math.max(0, tags.indexOf(dependency.tag ?? '')),
    });
  }
  return [...wishes.values()].sort(
    (a, b) =>
      compareStrings(a.name.text.toLowerCase(), b.name.text.toLowerCase()) ||
      compareStrings(a.name.text, b.name.text),
  );
}
