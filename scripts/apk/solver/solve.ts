import { VipisoError } from '../../core/errors.ts';
import { formatDependency } from '../dependency.ts';
import type { Dependency } from '../dependency.ts';
import type { ApkGeneration } from '../generation.ts';
import { compareNames } from '../index/index-order.ts';
import { PackageIndex } from '../index/package-index.ts';
import { encodeUtf8 } from '../index/scan/byte-string.ts';
import { nameBytesOf } from '../index/scan/name-bytes.ts';
import type { PackageRecord } from '../model.ts';
import { explain } from './explain.ts';
import { Catalogue } from './graph/catalogue.ts';
import { DependencyGraph } from './graph/dependency-graph.ts';
import type { Candidate } from './graph/names.ts';
import { installOrder } from './install-order.ts';
import type { Reason, Solution, SolverInput, SolverRepository, Unsatisfiable } from './model.ts';
import { APK2 } from './rules/apk2.ts';
import { APK3 } from './rules/apk3.ts';
import { parseDependencyAs } from './rules/model.ts';
import type { SolverRules } from './rules/model.ts';
import { Search } from './search.ts';
import type { TaggedRequirement } from './search.ts';
import { TagTable, UNTAGGED } from './tags.ts';
import { whyChosen } from './why.ts';

/** Bit sets of repositories and tags are single numbers. apk itself stops at 32 and 16. */
const MAX_REPOSITORIES = 30;

const RULES: Readonly<Record<ApkGeneration, SolverRules>> = { '2': APK2, '3': APK3 };

/**
 * Chooses the packages that `apk add` would install into an empty root, in its order.
 *
 * @throws VipisoError `usage` for a request that is not a dependency, or too many repositories.
 */
export function solve({ apk, request, repositories }: SolverInput): Solution | Unsatisfiable {
  if (repositories.length > MAX_REPOSITORIES) {
    throw new VipisoError(
      'usage',
      `More than ${MAX_REPOSITORIES} repositories cannot be searched at once.`,
    );
  }
  const tags = new TagTable(repositories);
  const indexes = repositories.map(({ records }) => indexOf(records));
  const rules = RULES[apk];
  const wanted = readRequest(rules, request);
  const unknown = wanted.filter(({ tag }) => tags.numberOf(tag) === undefined);
  if (unknown.length > 0) return { satisfiable: false, reasons: unknown.map(unknownTag) };

  const catalogue = new Catalogue(indexes);
  const names = wanted.map(({ name }) => nameBytesOf(name));
  const discovery = rules.discover(catalogue, names);
  const untagged = tags.repositoriesOf(UNTAGGED);
  const graph = new DependencyGraph(rules, catalogue, { discovery, untagged });
  const requested = wanted.map((dependency) => requirementFor(dependency, graph, tags));
  const failures = new Search(graph, tags).run(requested);
  const order = installOrder(graph, requested);
  if (failures.unprovided.length + failures.broken.length + order.broken.length > 0) {
    return { satisfiable: false, reasons: explain({ graph, tags, requested, failures, order }) };
  }
  const why = whyChosen(order.packages, requested);
  return {
    satisfiable: true,
    packages: order.packages.map((candidate) => ({
      record: recordOf(indexes, candidate),
      repository: repositories[candidate.offer.repository]?.name ?? '',
      why: why.get(candidate) ?? [],
    })),
  };
}

/** The last of several atoms for one name counts. */
function readRequest(rules: SolverRules, request: readonly string[]): Dependency[] {
  const wanted = new Map<string, Dependency>();
  for (const atom of request) {
    const dependency = parseDependencyAs(rules, encodeUtf8(atom));
    if (dependency === undefined) {
      throw new VipisoError('usage', `“${atom}” is not a package request.`, {
        hint: 'Requests look like haproxy, haproxy=2.8.10-r0, haproxy~2.8, haproxy@tag or !haproxy.',
      });
    }
    wanted.set(dependency.name, dependency);
  }
  return [...wanted.values()].sort((a, b) => compareNames(a.name, b.name));
}

function requirementFor(
  dependency: Dependency,
  graph: DependencyGraph,
  tags: TagTable,
): TaggedRequirement {
  const name = graph.name(dependency.name);
  name.requested = true;
  return { name, dependency, tag: tags.numberOf(dependency.tag) ?? UNTAGGED };
}

function unknownTag(dependency: Dependency): Reason {
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
