import { describe, expect, test } from 'vitest';
import { ALPINE_BRANCHES, nearestBranch } from '../../../scripts/cluster/alpine-branches.ts';
import { daemonVersions, isAtLeast } from '../../../scripts/cluster/daemon-versions.ts';
import type { LockedDaemons } from '../../../scripts/cluster/daemon-versions.ts';
import { parseCluster } from '../../../scripts/cluster/parse.ts';
import { REFERENCE_FILE } from '../../support/cluster/reference-model.ts';

const here = { branch: 'v3.24', arch: 'x86_64' };
const lock: LockedDaemons = { ...here, haproxy: '3.5.1-r0', keepalived: '2.4.3-r0' };

describe('the versions of the daemons', () => {
  test('are those of the lock', () => {
    expect(daemonVersions(here, lock)).toEqual({
      haproxy: '3.5.1-r0',
      keepalived: '2.4.3-r0',
      source: 'lock',
    });
  });

  test.each([
    ['there is no lock', here, undefined, 'branch', '3.4'],
    ['it is for another branch', { ...here, branch: 'v3.22' }, lock, 'branch', '3.2'],
    ['it is for another architecture', { ...here, arch: 'aarch64' }, lock, 'branch', '3.4'],
    ['it lacks one of them', here, { ...lock, keepalived: undefined }, 'branch', '3.4'],
    [
      'the branch is newer than the table',
      { ...here, branch: 'v3.30' },
      lock,
      'nearest branch',
      '3.4',
    ],
    [
      'the branch is older than the table',
      { ...here, branch: 'v3.9' },
      lock,
      'nearest branch',
      '2.8',
    ],
  ])('are those of the branch where %s', (_why, place, locked, source, haproxy) => {
    expect(daemonVersions(place, locked)).toMatchObject({ haproxy, source });
  });

  test.each([
    ['2.4.0-r0', '2.4', true],
    ['2.4', '2.4', true],
    ['2.3.4-r2', '2.4', false],
    ['2.10.0-r0', '2.4', true],
  ])('%s is at least %s: %s', (version, least, answer) => {
    expect(isAtLeast(version, least)).toBe(answer);
  });
});

describe('the table of branches', () => {
  test('goes from old to new, and no daemon is older than in the branch before', () => {
    const names = ALPINE_BRANCHES.map(({ name }) => name);
    expect(names).toEqual([...names.slice(0, -1).sort(), 'edge']);
    for (const [index, branch] of ALPINE_BRANCHES.entries()) {
      const before = ALPINE_BRANCHES[index - 1] ?? branch;
      expect(isAtLeast(branch.haproxy, before.haproxy)).toBe(true);
      expect(isAtLeast(branch.keepalived, before.keepalived)).toBe(true);
    }
    expect(nearestBranch('v9.0').name).toBe(names.at(-2));
  });
});

describe('a word that keepalived has from 2.4 on', () => {
  const text = `${REFERENCE_FILE}\nraw: { keepalived: { vrrp_instance: [auth_hmac sha256 x] } }\n`;
  const findings = (locked?: LockedDaemons) => {
    const reader = {
      readTextFile: () => ({ ok: false, reason: '' }) as const,
      env: () => undefined,
    };
    const parsed = parseCluster(text, { folder: '/', reader, locked });
    const all = parsed.ok ? parsed.warnings : parsed.diagnostics;
    return all.filter(({ code }) => code === 'auth');
  };

  test('is a warning while only the branch is known', () => {
    expect(findings()).toMatchObject([{ severity: 'warning' }]);
  });

  test('is an error where the lock has an older one, and nothing where it has 2.4', () => {
    const older = findings({ ...lock, keepalived: '2.3.4-r0' });
    expect(older).toMatchObject([{ severity: 'error' }]);
    expect(older[0]?.message).toContain('keepalived 2.3.4-r0 (by the lock)');
    expect(findings(lock)).toEqual([]);
  });
});
