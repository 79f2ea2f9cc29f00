import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDependency } from '../../../../scripts/apk/dependency.ts';
import type { PackageRecord } from '../../../../scripts/apk/model.ts';
import type { ChosenPackage, Solution } from '../../../../scripts/apk/solver/model.ts';
import { APK2 } from '../../../../scripts/apk/solver/rules/apk2.ts';
import { APK3 } from '../../../../scripts/apk/solver/rules/apk3.ts';
import type { SolverRules } from '../../../../scripts/apk/solver/rules/model.ts';
import { solve } from '../../../../scripts/apk/solver/solve.ts';
import { recordFor } from '../../../support/apk/apk-builder.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const VIRTUALS = ['so:x', 'so:y', 'cmd:z'];
const version = fc.constantFrom('1', '1.5', '2', '10');
const constraint = fc.oneof(
  { weight: 19, arbitrary: fc.constant('') },
  fc.tuple(fc.constantFrom('=', '<', '>', '>=', '~'), version).map((parts) => parts.join('')),
);
const atom = fc
  .tuple(
    fc.oneof({ weight: 14, arbitrary: fc.constant('') }, fc.constant('!')),
    fc.constantFrom(...NAMES, ...NAMES, ...VIRTUALS),
    constraint,
  )
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
  minLength: 6,
  maxLength: 16,
});
const request = fc.array(fc.constantFrom(...NAMES, 'so:x', 'cmd:z'), {
  minLength: 1,
  maxLength: 3,
});

/** The refusal of a-1 leads back to a-1.5, which comes before the b that it needs: so says the real apk, too. */
const REFUSED_FIRST: PackageRecord[] = [
  recordFor({ name: 'a', version: '1' }),
  recordFor({ name: 'a', version: '1.5', depends: ['b'] }),
  recordFor({ name: 'b', version: '1', depends: ['!a=1'] }),
  recordFor({ name: 'c', version: '1', depends: ['a'], provides: ['so:x=1'] }),
];

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

/** Whether one package needs another via any others: with both ways there is a cycle. */
function reaches(needs: readonly (readonly number[])[], from: number, to: number): boolean {
  const seen = new Set([from]);
  for (const at of seen) for (const next of needs[at] ?? []) seen.add(next);
  return seen.has(to);
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

  it('takes nothing without a reason, and gives one when it cannot', () => {
    const sizes: number[] = [];
    fc.assert(
      fc.property(records, request, (all, wanted) => {
        const outcome = solve({
          apk,
          request: wanted,
          repositories: [{ name: 'r', records: all }],
        });
        sizes.push(outcome.satisfiable ? outcome.packages.length : 0);
        if (!outcome.satisfiable) {
          expect(outcome.reasons.length).toBeGreaterThan(0);
          return;
        }
        const { packages } = outcome;
        for (const one of packages) {
          const others = packages.filter((other) => other !== one);
          const atoms = [...wanted, ...others.flatMap(({ record: { depends } }) => depends)];
          const asked = atoms.some((atom) => !atom.startsWith('!') && holds(rules, atom, [one]));
          const { installIf } = one.record;
          const drawn =
            installIf.length > 0 && installIf.every((atom) => holds(rules, atom, others));
          expect(asked || drawn, `${one.record.name} of ${namesIn(outcome).join(' ')}`).toBe(true);
          expect(one.why.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
    // What is generated must put the question.
    const share = (wanted: (size: number) => boolean): number =>
      sizes.filter(wanted).length / sizes.length;
    expect(share((size) => size > 0)).toBeGreaterThan(0.25);
    expect(share((size) => size > 2)).toBeGreaterThan(0.1);
  });

  it('puts dependencies first where no cycle forbids', () => {
    let ordered = 0;
    // What comes in with others may come before the last of them: that order is held against the real apk's elsewhere.
    const simple = records.map((all) => all.map((one) => ({ ...one, installIf: [] })));
    fc.assert(
      fc.property(simple, request, (all, wanted) => {
        const repositories = [{ name: 'r', records: all }];
        const outcome = solve({ apk, request: wanted, repositories });
        if (!outcome.satisfiable) return;
        const { packages } = outcome;
        const places = (text: string): number[] =>
          text.startsWith('!')
            ? []
            : packages.flatMap((other, at) => (holds(rules, text, [other]) ? [at] : []));
        // apk follows a refusal to the package that it speaks of, as it follows a need: a cycle may lead through one.
        const spokenOf = (text: string): number[] =>
          packages.flatMap((other, at) => (verdicts(rules, text, other).length > 0 ? [at] : []));
        const needs = packages.map(({ record: one }) =>
          one.depends.flatMap((text) => (text.startsWith('!') ? spokenOf(text) : places(text))),
        );
        for (const [at, { record: one }] of packages.entries()) {
          for (const offers of one.depends.map(places)) {
            // One of several that offer it is enough, the package itself among them.
            const isThere = offers.length === 0 || offers.some((place) => place <= at);
            const inCycle = offers.some((place) => reaches(needs, place, at));
            expect(isThere || inCycle, namesIn(outcome).join(' ')).toBe(true);
            ordered += offers.some((place) => place < at) ? 1 : 0;
          }
        }
      }),
      { numRuns: 300, examples: [[REFUSED_FIRST, ['b', 'so:x']]] },
    );
    expect(ordered).toBeGreaterThan(50);
  });

  it('says the same when asked again for what it chose', () => {
    let [chosen, again] = [0, 0];
    fc.assert(
      fc.property(records, request, (all, wanted) => {
        const repositories = [{ name: 'r', records: all }];
        const first = solve({ apk, request: wanted, repositories });
        if (!first.satisfiable) return;
        chosen += 1;
        const pinned = first.packages.map(({ record: { name, version: of } }) => `${name}=${of}`);
        const second = solve({
          apk,
          request: [...pinned, ...wanted.filter((name) => !NAMES.includes(name))],
          repositories,
        });
        // A version that is asked for leaves apk fewer ways out: it may find none.
        if (!second.satisfiable) return;
        again += 1;
        expect(namesIn(second).sort()).toEqual(namesIn(first).sort());
      }),
    );
    expect(again).toBeGreaterThan(chosen / 4);
  });
});
