import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readIndexArchive } from '../../../scripts/apk/index/index-archive.ts';
import type { PackageIndex } from '../../../scripts/apk/index/package-index.ts';
import type { SolverRepository } from '../../../scripts/apk/solver/model.ts';
import { solve } from '../../../scripts/apk/solver/solve.ts';

/** What the real apk chose on Alpine's own indexes, kept beside the checkout; absent in a fresh clone. */
const SHARED = path.resolve(import.meta.dirname, '../../../../shared');
const CASES = path.join(SHARED, 'solver');
const TRUTHS = path.join(SHARED, 'solver-apk3', 'truths.json');
const cases = existsSync(CASES) ? readdirSync(CASES).filter((name) => name.endsWith('.json')) : [];
const truths = existsSync(TRUTHS)
  ? (JSON.parse(readFileSync(TRUTHS, 'utf8')) as readonly Truth[])
  : [];

interface Case {
  readonly request: readonly string[];
  readonly repositories: readonly string[];
  readonly apk_add_rc: number;
  readonly apk_add_simulate: readonly string[];
  readonly apk_add_simulate_order: readonly string[];
}

interface Truth {
  readonly name: string;
  readonly request: readonly string[];
  readonly repositories: readonly string[];
  /** `null` where apk found none. */
  readonly set: readonly string[] | null;
}

const indexes = new Map<string, PackageIndex>();

function indexOf(name: string): PackageIndex {
  const known = indexes.get(name);
  if (known !== undefined) return known;
  const file = path.join(SHARED, 'alpine-3.19', name, 'x86_64/APKINDEX.tar.gz');
  const { records } = readIndexArchive(readFileSync(file), 'allow-untrusted');
  indexes.set(name, records);
  return records;
}

/** `main` or `@tag main`, as lines of a repositories file. */
function repositoryOf(line: string): SolverRepository {
  const [, tag, name = ''] = /^(?:@(\S+) )?(\S+)$/.exec(line) ?? [];
  return { name, tag, records: indexOf(name) };
}

describe.skipIf(cases.length === 0)('solve agrees with apk-tools 2.14', () => {
  it.each(cases)('on %s', (file) => {
    const expected = JSON.parse(readFileSync(path.join(CASES, file), 'utf8')) as Case;
    const repositories = expected.repositories.map(repositoryOf);
    const outcome = solve({ apk: '2', request: expected.request, repositories });

    expect(outcome.satisfiable).toBe(expected.apk_add_rc === 0);
    if (!outcome.satisfiable) {
      expect(outcome.reasons.length).toBeGreaterThan(0);
      return;
    }
    const tagOf = (name: string): string => {
      const tag = repositories.find((repository) => repository.name === name)?.tag;
      return tag === undefined ? '' : `@${tag}`;
    };
    const order = outcome.packages.map(
      ({ record, repository }) => `${record.name}${tagOf(repository)}-${record.version}`,
    );
    expect([...order].sort()).toEqual([...expected.apk_add_simulate].sort());
    expect(order).toEqual(expected.apk_add_simulate_order);
  });

  it('reads the real indexes as canonical, every stanza sound', () => {
    for (const name of ['main', 'community']) {
      const index = indexOf(name);
      expect([...index]).toHaveLength(name === 'main' ? 5443 : 17587);
    }
  });
});

describe.skipIf(truths.length === 0)('solve agrees with apk-tools 3', () => {
  it.each(truths.map((truth) => [truth.name, truth] as const))('on %s', (_, truth) => {
    const repositories = truth.repositories.map(repositoryOf);
    const outcome = solve({ apk: '3', request: truth.request, repositories });
    const chosen = outcome.satisfiable
      ? outcome.packages.map(({ record }) => `${record.name}-${record.version}`).sort()
      : null;
    const expected = truth.set?.map((it) => it.replace(/@\w+(?=-)/, '')).sort() ?? null;
    expect(chosen).toEqual(expected);
  });
});
