import { describe, expect, test } from 'vitest';
import { CODE_PAGES, SILENCEABLE } from '../../../scripts/cluster/codes/pages.ts';
import { findingsIn, minimalFile } from '../../support/cluster/cluster-file.ts';
import { ADDRESSES_CASES } from './rules/addresses.cases.ts';
import { BOND_CASES } from './rules/bonds.cases.ts';
import { DUPLICATES_CASES } from './rules/duplicates.cases.ts';
import { GROUPS_CASES, SCRIPT_CASES } from './rules/groups.cases.ts';
import { LINKS_CASES } from './rules/links.cases.ts';
import { ACCESS_CASES } from './rules/login/access.cases.ts';
import { NETWORK_CASES } from './rules/network.cases.ts';
import { PROTOCOL_CASES } from './rules/protocol.cases.ts';
import { lb1, lb2 } from './rules/rule-case.ts';
import type { Changes } from './rules/rule-case.ts';
import { SERVERS_CASES } from './rules/servers.cases.ts';
import { SERVICES_CASES } from './rules/services.cases.ts';
import { SPECIAL_ADDRESSES_CASES } from './rules/special-addresses.cases.ts';
import { SSH_CASES } from './rules/ssh.cases.ts';
import { WEIGHT_AND_ROLES_CASES } from './rules/weight-and-roles.cases.ts';
import { WORDS_CASES } from './rules/words.cases.ts';

const CASES = [
  ...WEIGHT_AND_ROLES_CASES,
  ...PROTOCOL_CASES,
  ...ADDRESSES_CASES,
  ...DUPLICATES_CASES,
  ...SERVICES_CASES,
  ...SERVERS_CASES,
  ...ACCESS_CASES,
  ...NETWORK_CASES,
  ...LINKS_CASES,
  ...BOND_CASES,
  ...SSH_CASES,
  ...SPECIAL_ADDRESSES_CASES,
  ...WORDS_CASES,
  ...GROUPS_CASES,
  ...SCRIPT_CASES,
];

describe.each(CASES)('$code: $what', ({ code, bad, finding: [place, part], good, world }) => {
  test('is found, with its place and reason', () => {
    const found = findingsIn(minimalFile(bad), world)
      .filter((other) => other.code === code)
      .map(({ severity, path, message }) => ({
        place: `${severity} ${path}`,
        message,
      }));
    expect(found).toContainEqual({ place, message: expect.stringContaining(part) as string });
  });

  test('is not found where it is right, and no error hides there', () => {
    const found = findingsIn(minimalFile(good), world);
    expect(found.filter((other) => other.code === code || other.severity === 'error')).toEqual([]);
  });
});

test('every code of the linter has a case', () => {
  const covered = new Set(CASES.map(({ code }) => code));
  const elsewhere = ['daemon-warning', 'overlay'];
  expect(SILENCEABLE.filter((code) => !covered.has(code) && !elsewhere.includes(code))).toEqual([]);
});

test('every code that a case has is explained', () => {
  const explained = CODE_PAGES.map(({ code }) => code);
  expect(CASES.map(({ code }) => code).filter((code) => !explained.includes(code))).toEqual([]);
});

describe('weight-gap says which numbers work', () => {
  const hintFor = (changes: Changes) =>
    findingsIn(minimalFile(changes)).find(({ code }) => code === 'weight-gap')?.hint;

  test('for a positive weight', () => {
    const nodes = [
      { ...lb1, priority: 150 },
      { ...lb2, priority: 100 },
    ];
    expect(hintFor({ nodes, vrrp: { check: { weight: 2 } } })).toBe(
      'Use a weight from 51 to 153, or priorities at most 1 apart, such as 101 and 100.',
    );
  });

  test.each([51, 100, 153])('and %i does', (weight) => {
    const nodes = [
      { ...lb1, priority: 150 },
      { ...lb2, priority: 100 },
    ];
    expect(hintFor({ nodes, vrrp: { check: { weight } } })).toBeUndefined();
  });

  test('for a negative weight', () => {
    const nodes = [
      { ...lb1, priority: 150 },
      { ...lb2, priority: 100 },
    ];
    expect(hintFor({ nodes, vrrp: { check: { weight: -3 } } })).toContain(
      'a weight from -51 to -149',
    );
  });
});
