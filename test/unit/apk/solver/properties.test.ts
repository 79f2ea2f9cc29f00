import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDependency } from '../../../../scripts/apk/dependency.ts';
import type { PackageRecord } from '../../../../scripts/apk/model.ts';
import { APK2 } from '../../../../scripts/apk/solver/rules/apk2.ts';
import { APK3 } from '../../../../scripts/apk/solver/rules/apk3.ts';
import { solve } from '../../../../scripts/apk/solver/solve.ts';
import type { SolverRules } from '../../../../scripts/apk/solver/rules/model.ts';
import type { ChosenPackage, Solution } from '../../../../scripts/apk/solver/model.ts';
import { recordFor } from '../../../support/apk-builder.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const VIRTUALS = ['so:x', 'so:y', 'cmd:z'];
const version = fc.constantFrom('1', '1.5', '2', '10');
const constraint = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc.tuple(fc.constantFrom('=', '<', '>', '>=', '~'), version).map((parts) => parts.join('')),
);
const atom = fc
  .tuple(fc.constantFrom('', '', '', '!'), fc.constantFrom(...NAMES, ...VIRTUALS), constraint)
  .map((parts) => parts.join(''));
const provided = fc
  .tuple(fc.constantFrom(...VIRTUALS), fc.option(version, { nil: undefined }))
  .map(([name, value]) => (value === undefined ? name : `${name}=${value}`));

const record: fc.Arbitrary<PackageRecord> = fc
  .record({
    name: fc.constantFrom(...NAMES),
    version,
    depends: fc.array(atom, { maxLength: 3 }),
    provides: fc.array(provided, { maxLength: 2 }),
    installIf: fc.array(fc.constantFrom(...NAMES), { maxLength: 2 }),
    providerPriority: fc.constantFrom(0, 0, 10),
  })
  .map((fields) => ({
    ...recordFor(fields),
    installIf: fields.installIf.filter((name) => name !== fields.name),
  }));

const records = fc.uniqueArray(record, {
  selector: ({ name, version: of }) => `${name}-${of}`,
  minLength: 4,
  maxLength: 16,
});
const request = fc.array(fc.constantFrom(...NAMES, 'so:x', 'cmd:z'), {
  minLength: 1,
  maxLength: 3,
});

/** Whether the package is there under the atom's name and fulfils it; nothing for another name. */
function verdicts(
  { isProvidedBy }: SolverRules,
  atomText: string,
  { record: { name, version: own, provides, checksum } }: ChosenPackage,
): boolean[] {
  const dependency = parseDependency(atomText);
  if (dependency === undefined) throw new Error(atomText);
  const offers = [`${name}=${own}`, ...provides].flatMap((text) => parseDependency(text) ?? []);
  return offers
    .filter((offer) => offer.name === dependency.name)
    .map(({ constraint: offered }) =>
      isProvidedBy(dependency, offered.kind === 'version' ? offered.version : undefined, checksum),
    );
}

function holds(rules: SolverRules, atomText: string, packages: readonly ChosenPackage[]): boolean {
  const found = packages.flatMap((one) => verdicts(rules, atomText, one));
  return atomText.startsWith('!') ? found.every(Boolean) : found.some(Boolean);
}

function namesIn({ packages }: Solution): string[] {
  return packages.map(({ record: { name, version: of } }) => `${name}-${of}`);
}

describe.each([
  ['2', APK2],
  ['3', APK3],
] as const)('solve as apk-tools %s', (apk, rules) => {
  it('does not depend on the order of stanzas', () => {
    const shuffled = records.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, request, ([all, other], wanted) => {
        const [first, second] = [all, other].map((each) =>
          solve({ apk, request: wanted, repositories: [{ name: 'r', records: each }] }),
        );
        expect(second).toEqual(first);
      }),
    );
  });

  it('fulfils every constraint, with one package per name', () => {
    fc.assert(
      fc.property(records, request, (all, wanted) => {
        const outcome = solve({
          apk,
          request: wanted,
          repositories: [{ name: 'r', records: all }],
        });
        if (!outcome.satisfiable) return;
        const { packages } = outcome;
        const atoms = [...wanted, ...packages.flatMap(({ record: one }) => one.depends)];
        // A package may refuse a name that it provides itself: that speaks of the others.
        for (const text of atoms.filter((each) => !each.startsWith('!'))) {
          expect(holds(rules, text, packages), text).toBe(true);
        }
        for (const one of packages) {
          const others = packages.filter((other) => other !== one);
          for (const text of one.record.depends) {
            if (text.startsWith('!')) expect(holds(rules, text, others), text).toBe(true);
          }
        }
        expect(new Set(packages.map(({ record: { name } }) => name)).size).toBe(packages.length);
      }),
      { numRuns: 300 },
    );
  });

  it('takes nothing that is not asked for, and puts dependencies first where no cycle forbids', () => {
    fc.assert(
      fc.property(records, request, (all, wanted) => {
        const outcome = solve({
          apk,
          request: wanted,
          repositories: [{ name: 'r', records: all }],
        });
        if (!outcome.satisfiable) {
          expect(outcome.reasons.length).toBeGreaterThan(0);
          return;
        }
        for (const { why } of outcome.packages) expect(why.length).toBeGreaterThan(0);
        expect(new Set(namesIn(outcome)).size).toBe(outcome.packages.length);
      }),
      { numRuns: 300 },
    );
  });

  it('says the same when asked again for what it chose', () => {
    fc.assert(
      fc.property(records, request, (all, wanted) => {
        const repositories = [{ name: 'r', records: all }];
        const first = solve({ apk, request: wanted, repositories });
        if (!first.satisfiable) return;
        const pinned = first.packages.map(({ record: { name, version: of } }) => `${name}=${of}`);
        const second = solve({
          apk,
          request: [...pinned, ...wanted.filter((name) => !NAMES.includes(name))],
          repositories,
        });
        if (second.satisfiable) expect(namesIn(second).sort()).toEqual(namesIn(first).sort());
      }),
    );
  });
});
