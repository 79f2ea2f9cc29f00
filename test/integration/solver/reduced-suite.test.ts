import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PackageIndex } from '../../../scripts/apk/index/package-index.ts';
import type { SolverRepository } from '../../../scripts/apk/solver/model.ts';
import { solve } from '../../../scripts/apk/solver/solve.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../fixtures/solver');

/** What apk-tools 2.14.0 and 3.0.6 install into an empty root, in their order; `null` where they find nothing. */
interface Case {
  readonly name: string;
  readonly request: readonly string[];
  /** `main` or `@tag main`, as lines of a repositories file. */
  readonly repositories: readonly string[];
  readonly apk2: readonly string[] | null;
  readonly apk3: readonly string[] | null;
}

const read = (name: string): Buffer => gunzipSync(readFileSync(path.join(FOLDER, name)));
const cases = JSON.parse(read('cases.json.gz').toString()) as readonly Case[];
const indexes = new Map(
  ['main', 'community'].map((name) => [name, PackageIndex.fromText(read(`${name}.APKINDEX.gz`))]),
);

function repositoryOf(line: string): SolverRepository {
  const [, tag, name = ''] = /^(?:@(\S+) )?(\S+)$/.exec(line) ?? [];
  const records = indexes.get(name);
  if (records === undefined) throw new Error(`There is no index of ${name}.`);
  return { name, tag, records };
}

describe.each(['2', '3'] as const)(
  'solve agrees with apk-tools %s on a part of Alpine 3.19',
  (apk) => {
    it.each(cases.map((it) => [it.name, it] as const))(
      '%s',
      (_, { request, repositories, ...chosen }) => {
        const outcome = solve({ apk, request, repositories: repositories.map(repositoryOf) });
        const order = outcome.satisfiable
          ? outcome.packages.map(({ record }) => `${record.name}-${record.version}`)
          : null;
        expect(order).toEqual(chosen[`apk${apk}`]);
      },
    );
  },
);

it('has cases that can be satisfied, and some that cannot', () => {
  for (const apk of ['apk2', 'apk3'] as const) {
    expect(cases.filter((it) => it[apk] !== null).length).toBeGreaterThan(20);
    expect(cases.filter((it) => it[apk] === null).length).toBeGreaterThan(3);
  }
});

it('parses every stanza of Alpine’s own indexes', () => {
  expect([...(indexes.get('main') ?? [])]).toHaveLength(293);
  expect([...(indexes.get('community') ?? [])]).toHaveLength(24);
});
