import { expect, test } from 'vitest';
import {
  allowedSeconds,
  jitterSeconds,
  marginSeconds,
} from '../../../../scripts/prove/scenarios/limits.ts';
import { minimalFile, modelOf } from '../../../support/cluster/cluster-file.ts';

const REFERENCE = modelOf(minimalFile());

test('what the timers of the reference case allow', () => {
  // 3 x 1 s + (256 - 100) / 256 s, after up to 2 s of checking; 2 x 10 s; 10 s of a check that hangs + 2 x 5 s.
  expect(allowedSeconds('advert-timeout', REFERENCE, REFERENCE.vrrp.groups[0])).toBeCloseTo(
    3.61,
    2,
  );
  expect(allowedSeconds('health-check-failure', REFERENCE, REFERENCE.vrrp.groups[0])).toBeCloseTo(
    5.61,
    2,
  );
  expect(allowedSeconds('graceful-release', REFERENCE, REFERENCE.vrrp.groups[0])).toBeCloseTo(
    0.61,
    2,
  );
  expect(allowedSeconds('server', REFERENCE, REFERENCE.vrrp.groups[0])).toBe(20);
  expect(allowedSeconds('recovery', REFERENCE, REFERENCE.vrrp.groups[0])).toBe(20);
  expect(allowedSeconds('hand-over', REFERENCE, REFERENCE.vrrp.groups[0])).toBe(0);
  expect(allowedSeconds('nothing', REFERENCE, REFERENCE.vrrp.groups[0])).toBe(0);
});

test('a hung haproxy is found by the check, a dead one by the kernel', () => {
  const fast = modelOf(minimalFile({ vrrp: { profile: 'fast' } }));
  // Two checks of 3 s that end after 2 s, then 3 adverts of 0.1 s: process tracking does not see a process that lives.
  expect(allowedSeconds('health-check-timeout', fast, fast.vrrp.groups[0])).toBeGreaterThan(8);
  expect(allowedSeconds('health-check-timeout', fast, fast.vrrp.groups[0])).toBeLessThan(9);
  expect(allowedSeconds('health-check-failure', fast, fast.vrrp.groups[0])).toBeLessThan(0.01);
});

test('what is left to chance lies between two adverts and between two checks', () => {
  const fast = modelOf(minimalFile({ vrrp: { profile: 'fast' } }));
  expect(jitterSeconds('advert-timeout', REFERENCE, REFERENCE.vrrp.groups[0])).toBe(1);
  expect(jitterSeconds('advert-timeout', fast, fast.vrrp.groups[0])).toBe(0.1);
  expect(jitterSeconds('health-check-failure', REFERENCE, REFERENCE.vrrp.groups[0])).toBe(3);
  expect(jitterSeconds('health-check-failure', fast, fast.vrrp.groups[0])).toBe(0);
  expect(jitterSeconds('health-check-timeout', fast, fast.vrrp.groups[0])).toBeCloseTo(3.1);
  expect(jitterSeconds('server', REFERENCE, REFERENCE.vrrp.groups[0])).toBe(10);
  expect(jitterSeconds('recovery', REFERENCE, REFERENCE.vrrp.groups[0])).toBe(15);
  expect(jitterSeconds('graceful-release', REFERENCE, REFERENCE.vrrp.groups[0])).toBe(0);
});

test('emulation may add more than a virtual processor may, and most where the VIP has to move', () => {
  for (const rule of [
    'advert-timeout',
    'health-check-failure',
    'health-check-timeout',
    'graceful-release',
    'hand-over',
    'nothing',
    'server',
  ] as const)
    expect(marginSeconds(rule, 'tcg')).toBeGreaterThan(marginSeconds(rule, 'kvm'));
  expect(marginSeconds('advert-timeout', 'tcg')).toBeGreaterThan(marginSeconds('nothing', 'tcg'));
});
