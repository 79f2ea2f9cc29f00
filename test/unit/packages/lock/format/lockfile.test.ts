import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../../scripts/core/digest.ts';
import { closureOf } from '../../../../../scripts/packages/lock/format/closure.ts';
import { diffLocks } from '../../../../../scripts/packages/lock/format/diff.ts';
import { lockDigest } from '../../../../../scripts/packages/lock/format/digest.ts';
import { inputsDigest, staleness } from '../../../../../scripts/packages/lock/format/inputs.ts';
import { parseLock } from '../../../../../scripts/packages/lock/format/parse.ts';
import type {
  LockedPackage,
  Lockfile,
} from '../../../../../scripts/packages/lock/format/schema.ts';
import { serialiseLock } from '../../../../../scripts/packages/lock/format/serialise.ts';

function locked(name: string, more: Partial<LockedPackage> = {}): LockedPackage {
  return {
    name,
    version: '1.0-r0',
    arch: 'x86_64',
    repository: 'main',
    size: 1000,
    checksum: 'Q1abc=',
    sha256: sha256(name),
    origin: name,
    for: ['image'],
    ...more,
  };
}

function lockOf(more: Partial<Lockfile> = {}): Lockfile {
  const asked = {
    branch: 'v3.24',
    arch: 'x86_64',
    repositories: [
      {
        name: 'main',
        bases: ['https://mirror.example/v3.24/main'],
        index: { sha256: sha256('index'), description: 'v3.24.1', signedBy: 'k', newest: 7 },
      },
    ],
    requests: { image: ['app'], kernel: ['linux-virt'] },
  };
  const packages = [
    locked('app'),
    locked('lib', { for: ['image', 'kernel'] }),
    locked('linux-virt', { for: ['kernel'] }),
  ];
  const lock = {
    schema: 1 as const,
    ...asked,
    sourceDateEpoch: 1_700_000_000,
    keys: [{ name: 'k', fingerprint: sha256('k') }],
    order: { image: ['lib', 'app'], kernel: ['lib', 'linux-virt'] },
    packages,
    ...more,
  };
  return { inputs: inputsDigest(lock), ...lock };
}

describe('the text of a lock', () => {
  test('is read back as it was', () => {
    const lock = lockOf();
    expect(parseLock(serialiseLock(lock))).toEqual({ ok: true, lock });
  });

  test('does not depend on the order in which parts were set', () => {
    const lock = lockOf();
    const shuffled = {
      ...Object.fromEntries(Object.entries(lock).reverse()),
      requests: { kernel: ['linux-virt'], image: ['app'] },
      packages: lock.packages
        .map((it) => Object.fromEntries(Object.entries(it).reverse()))
        .reverse(),
    } as unknown as Lockfile;
    expect(serialiseLock(shuffled)).toBe(serialiseLock(lock));
  });

  test('ends in a newline and begins with its format', () => {
    expect(serialiseLock(lockOf())).toMatch(/^\{\n {2}"schema": 1,\n[^]*\n\}\n$/);
  });
});

describe('reading', () => {
  const text = serialiseLock(lockOf());

  test.each([
    ['a merge conflict', text.replace('"schema"', '<<<<<<< HEAD\n"schema"'), 'lock-syntax', ''],
    ['another format', text.replace('"schema": 1', '"schema": 2'), 'lock-format', 'schema'],
    ['a short digest', text.replace(sha256('app'), 'abc'), 'lock-invalid', 'packages.0.sha256'],
    ['an unknown key', text.replace('"arch"', '"extra": 1,\n"arch"'), 'lock-invalid', ''],
    [
      'a package dropped by hand',
      text.replace('"name": "lib"', '"name": "lib2"'),
      'lock-contradiction',
      'order',
    ],
    [
      'an unknown repository',
      text.replace('"repository": "main"', '"repository": "other"'),
      'lock-contradiction',
      'packages',
    ],
    [
      'an edited request',
      text.replace('"image": [\n      "app"', '"image": [\n      "app2"'),
      'lock-contradiction',
      'inputs',
    ],
  ])('refuses %s', (_what, broken, code, path) => {
    expect(broken).not.toBe(text);
    const diagnostics = expect.arrayContaining([
      expect.objectContaining({ code, path }),
    ]) as unknown;
    expect(parseLock(broken)).toEqual({ ok: false, diagnostics });
  });
});

describe('staleness', () => {
  const lock = lockOf();

  test('a lock holds for what it was made for, wherever the mirror is', () => {
    expect(staleness(lock, lock)).toEqual([]);
    const moved = { ...lock, repositories: [{ name: 'main', bases: ['/srv/mirror'] }] };
    expect(staleness(lock, moved)).toEqual([]);
    expect(inputsDigest(moved)).toBe(lock.inputs);
  });

  test('names exactly what changed', () => {
    const wanted = {
      branch: 'v3.25',
      arch: 'aarch64',
      repositories: [{ name: 'main' }, { name: 'testing', tag: 'edge' }],
      requests: { image: ['app', 'vim'], kernel: ['linux-lts'], builder: ['xorriso'] },
    };
    expect(staleness(lock, wanted)).toEqual([
      'Alpine branch: locked v3.24, wanted v3.25',
      'architecture: locked x86_64, wanted aarch64',
      'repositories: locked main, wanted main, @edge testing',
      '+ vim (image)',
      '+ linux-lts (kernel)',
      '- linux-virt (kernel)',
      '+ xorriso (builder)',
    ]);
  });
});

describe('the difference of two locks', () => {
  test('of equal ones is nothing, of a first one all its packages', () => {
    expect(diffLocks(lockOf(), lockOf())).toEqual([]);
    expect(diffLocks(undefined, lockOf())).toEqual([
      '+ app 1.0-r0',
      '+ lib 1.0-r0',
      '+ linux-virt 1.0-r0',
    ]);
  });

  test('is told by package, index and time', () => {
    const after = lockOf({
      sourceDateEpoch: 1_800_000_000,
      packages: [
        locked('app', { version: '2.0-r0' }),
        locked('lib', { sha256: sha256('rebuilt'), for: ['image', 'kernel'] }),
        locked('new'),
      ],
      repositories: [
        {
          name: 'main',
          bases: [],
          index: { sha256: sha256('newer'), description: 'v3.24.2', newest: 8 },
        },
      ],
    });
    expect(diffLocks(lockOf(), after)).toEqual([
      '~ app 1.0-r0 -> 2.0-r0',
      '~ lib 1.0-r0: rebuilt, other content',
      '- linux-virt 1.0-r0',
      '+ new 1.0-r0',
      'index of main: v3.24.1 -> v3.24.2',
      'epoch: 1700000000 -> 1800000000',
    ]);
  });
});

test('the closure of a purpose comes in install order', () => {
  const names = (purpose: 'image' | 'kernel' | 'builder'): string[] =>
    closureOf(lockOf(), purpose).map(({ name }) => name);
  expect(names('image')).toEqual(['lib', 'app']);
  expect(names('kernel')).toEqual(['lib', 'linux-virt']);
  expect(names('builder')).toEqual([]);
});

describe('the digest of a lock', () => {
  test('does not know where its repositories lie', () => {
    const lock = lockOf();
    const moved = lock.repositories.map((it) => ({ ...it, bases: ['../elsewhere'] }));
    expect(lockDigest({ ...lock, repositories: moved })).toBe(lockDigest(lock));
  });

  test.each<[string, Partial<Lockfile>]>([
    ['packages', { packages: [locked('app', { sha256: sha256('other') })] }],
    ['time', { sourceDateEpoch: 1 }],
    ['indexes', { repositories: [] }],
    ['keys', { keys: [] }],
    ['scripts', { aports: { source: 'x', sha256: sha256('scripts') } }],
  ])('knows its %s', (_what, change) => {
    expect(lockDigest(lockOf(change))).not.toBe(lockDigest(lockOf()));
  });
});
