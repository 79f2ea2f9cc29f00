import { describe, expect, it } from 'vitest';
import {
  branchClaim,
  branchOfDescription,
  branchOfVersion,
} from '../../../../scripts/packages/branch/claims.ts';

describe('the branch that a version tells', () => {
  it.each([
    ['3.19.2-r0', 'v3.19'],
    ['3.24.0-r1', 'v3.24'],
    ['3.24.0_rc3-r0', 'v3.24'],
    ['3.25.0_alpha20260127-r0', 'edge'],
    ['3.19_alpha20230901-r0', 'edge'],
    ['1.0-r0', undefined],
    ['3.19.2', undefined],
    ['none', undefined],
  ])('%s: %s', (version, branch) => {
    expect(branchOfVersion(version)).toBe(branch);
  });
});

describe('the branch that a description tells', () => {
  it.each([
    ['v3.19.1-643-gec825d20535', 'v3.19'],
    ['v3.24.1', 'v3.24'],
    ['v3.24', 'v3.24'],
    ['v3.24.0_rc1-12-gabcdef0', 'v3.24'],
    ['v3.22.0_alpha20250108-1853-g6b2f5a0c2f4', 'edge'],
    ['v20240807-2144-g0c2a8a2b3d4', 'edge'],
    ['v0.3.1-4-gabcdef0', undefined],
    ['3.24', undefined],
    ['vipiso lab', undefined],
    ['vipiso-virt-v3.24', undefined],
    ['', undefined],
  ])('%s: %s', (description, branch) => {
    expect(branchOfDescription(description)).toBe(branch);
  });
});

describe('what a repository claims', () => {
  const facts = { name: 'main', tag: undefined, description: '', releases: [] };

  it('is told by its packages first', () => {
    const releases = ['alpine-base 3.19.2-r0', 'alpine-release 3.19.2-r0'];
    expect(branchClaim({ ...facts, name: 'site', description: 'v3.24.0', releases })).toEqual({
      repository: 'site',
      branches: ['v3.19'],
      by: releases.join(', '),
      sure: true,
    });
  });

  it('may be several branches where old versions lie beside new ones', () => {
    const releases = ['alpine-base 3.23.4-r0', 'alpine-base 3.24.0-r0'];
    expect(branchClaim({ ...facts, releases })?.branches).toEqual(['v3.23', 'v3.24']);
  });

  it('is sure by a description for Alpine’s own repositories alone', () => {
    const description = 'v3.19.1-643-gec825d20535';
    expect(branchClaim({ ...facts, description })?.sure).toBe(true);
    expect(branchClaim({ ...facts, name: 'site', description })?.sure).toBe(false);
  });

  it('is never sure of a tagged repository: its packages are asked for by name', () => {
    const releases = ['alpine-base 3.25.0_alpha20260127-r0'];
    const claim = branchClaim({ ...facts, tag: 'edge', releases });
    expect(claim).toMatchObject({ branches: ['edge'], sure: false });
  });

  it('is nothing where it says nothing', () => {
    expect(branchClaim({ ...facts, releases: ['alpine-base 1.0-r0'] })).toBeUndefined();
    expect(branchClaim({ ...facts, description: 'our packages' })).toBeUndefined();
  });
});
