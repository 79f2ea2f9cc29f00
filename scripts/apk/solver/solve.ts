import { VipisoError } from '../../core/errors.ts';
import { encodeUtf8 } from '../byte-string.ts';
import { formatDependency, parseDependency } from '../dependency.ts';
import { compareNames } from '../index-order.ts';
import type { PackageRecord } from '../model.ts';
import { PackageIndex } from '../package-index.ts';
import { discover } from './discover.ts';
import { explain } from './explain.ts';
import { installOrder } from './install-order.ts';
import type { Candidate } from './graph.ts';
import type { Reason, Solution, SolverInput, SolverRepository, Unsatisfiable } from './model.ts';
import { Search } from './search.ts';
import type { Wish } from './search.ts';
import { TagTable, UNTAGGED } from './tags.ts';
import { Universe } from './universe.ts';
import { whyChosen } from './why.ts';

/** Bit sets of repositories and tags are single numbers. apk itself stops at 32 and 16. */
const MAX_REPOSITORIES = 30;

/**
 * Chooses the packages that `apk add` of apk-tools 2.14 would install into an empty root, in its order.
 *
 * @throws VipisoError `usage` for a request that is no dependency, or too many repositories.
 */
export function solve({ request, repositories }: SolverInput): Solution | Unsatisfiable {
  if (repositories.length > MAX_REPOSITORIES) {
    throw new VipisoError(
      'usage',
      `More than ${MAX_REPOSITORIES} repositories cannot be searched at once.`,
    );
  }
  const tags = new TagTable(repositories);
  const indexes = repositories.map(({ records }) => indexOf(records));
  const universe = new Universe(indexes);
  const wishes = readWishes(request, universe, tags);
  const unknown = wishes.filter(({ dependency }) => tags.numberOf(dependency.tag) === undefined);
  if (unknown.length > 0) return { satisfiable: false, reasons: unknown.map(unknownTag) };

  discover(
    universe,
    wishes.map(({ name }) => name),
    tags.repositoriesOf(UNTAGGED),
  );
  const failures = new Search(universe, tags).run(wishes);
  const order = installOrder(universe, wishes);
  if (failures.unprovided.length + failures.broken.length + order.broken.length > 0) {
    return { satisfiable: false, reasons: explain({ universe, tags, wishes, failures, order }) };
  }
  const why = whyChosen(order.packages, wishes);
  return {
    satisfiable: true,
    packages: order.packages.map((candidate) => ({
      record: recordOf(indexes, candidate),
      repository: repositories[candidate.offer.repository]?.name ?? '',
      why: why.get(candidate) ?? [],
    })),
  };
}

function readWishes(request: readonly string[], universe: Universe, tags: TagTable): Wish[] {
  const wishes = new Map<string, Wish>();
  for (const atom of request) {
    const dependency = parseDependency(encodeUtf8(atom));
    if (dependency === undefined) {
      throw new VipisoError('usage', `“${atom}” is not a package request.`, {
        hint: 'Requests look like haproxy, haproxy=2.8.10-r0, haproxy~2.8, haproxy@tag or !haproxy.',
      });
    }
    const name = universe.name(dependency.name);
    name.requested = true;
    wishes.set(dependency.name, {
      name,
      dependency,
      tag: tags.numberOf(dependency.tag) ?? UNTAGGED,
    });
  }
  return [...wishes.values()].sort((a, b) => compareNames(a.name.text, b.name.text));
}

function unknownTag({ dependency }: Wish): Reason {
  const text = `the request [${formatDependency(dependency)}] names a tag that no repository has`;
  return { text, because: [] };
}

function indexOf(records: SolverRepository['records']): PackageIndex {
  return records instanceof PackageIndex ? records : PackageIndex.fromRecords(records);
}

function recordOf(indexes: readonly PackageIndex[], candidate: Candidate): PackageRecord {
  const index = indexes[candidate.offer.repository];
  if (index === undefined) throw new Error(`no repository ${candidate.offer.repository}`);
  return index.record(candidate.offer.id);
}
