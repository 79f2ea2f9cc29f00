import { expect, test } from 'vitest';
import { formatChecksums } from '../../../scripts/image/publish/checksums.ts';
import { parseChecksums } from '../../../scripts/release/format/checksums.ts';
import { isBesideChecksums, isReleasePath } from '../../../scripts/release/format/layout.ts';
import {
  formatReleaseManifest,
  parseReleaseManifest,
  ReleaseVersion,
} from '../../../scripts/release/format/manifest.ts';
import type { Sha256 } from '../../../scripts/core/digest.ts';
import { exampleManifest } from '../../support/release/example-manifest.ts';

const A = 'a'.repeat(64) as Sha256;

test('a manifest reads back as it was written, in the order of the schema', () => {
  const text = formatReleaseManifest(exampleManifest());
  expect(parseReleaseManifest(text)).toEqual({ ok: true, manifest: exampleManifest() });
  expect(text.split('\n')[1]).toBe('  "format": "vipiso-release",');
});

test('a manifest that leads outside, misses a part or has one too many is refused with the place', () => {
  const { inputs, ...rest } = exampleManifest();
  const refused = (value: unknown): string => {
    const parsed = parseReleaseManifest(JSON.stringify(value));
    return parsed.ok ? 'taken' : parsed.problems.join('; ');
  };
  expect(refused(rest)).toContain('inputs');
  expect(refused({ ...rest, inputs: { ...inputs, lock: '../lock.json' } })).toContain(
    'inputs.lock',
  );
  expect(refused({ ...rest, inputs, extra: 1 })).toContain('extra');
  expect(parseReleaseManifest('{')).toMatchObject({ ok: false });
});

test('checksums read back, and nothing but what is written like them is read', () => {
  const sums = new Map([
    ['inputs/a b', A],
    ['lb-1.iso', A],
  ]);
  expect(parseChecksums(formatChecksums(sums))).toEqual(sums);
  const bad = ['', `${A}  a`, `${A} a\n`, `${A}  a\n${A}  a\n`, `${A}  ../a\n`, `${A}  a\n\n`];
  for (const text of bad) expect(parseChecksums(text), text).toBeUndefined();
});

test('only signatures and what others add are beside the checksums', () => {
  const beside = ['SHA256SUMS', 'SHA256SUMS.sig', 'signatures/a.sig', 'attestations/b.json'];
  expect(beside.every(isBesideChecksums)).toBe(true);
  expect(['manifest.json', 'keys/a.rsa.pub', 'deploy/x'].some(isBesideChecksums)).toBe(false);
  expect(isReleasePath('inputs/cluster.yaml')).toBe(true);
  expect(['/etc', 'a/../b', 'a//b', '.', 'a\nb'].some(isReleasePath)).toBe(false);
});

test('a version is a word that a folder and a tag can carry', () => {
  expect(ReleaseVersion.safeParse('2026.12').success).toBe(true);
  for (const bad of ['', '.', '-v', 'a/b', 'a b', 'a\n'])
    expect(ReleaseVersion.safeParse(bad).success, bad).toBe(false);
});
