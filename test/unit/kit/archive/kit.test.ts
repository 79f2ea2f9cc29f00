import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../scripts/core/digest.ts';
import { exitCodeOf } from '../../../../scripts/core/errors.ts';
import { tarHeader, writeTar } from '../../../../scripts/formats/tar/tar-writer.ts';
import { parseContents } from '../../../../scripts/kit/archive/contents.ts';
import type { KitContents, KitEntry } from '../../../../scripts/kit/archive/contents.ts';
import {
  END_MARK,
  contentsPiece,
  contentsText,
  pieceOf,
} from '../../../../scripts/kit/archive/layout.ts';
import { KitReader } from '../../../../scripts/kit/archive/read.ts';
import { writeKit } from '../../../../scripts/kit/archive/write.ts';
import type { KitSource } from '../../../../scripts/kit/archive/write.ts';
import { temporaryFolder } from '../../../support/host/test-host.ts';

const ABOUT = {
  kit: 1,
  tool: '0.1.0',
  epoch: 42,
  clusters: ['cluster.yaml'],
  overlays: ['own'],
  bring: [],
} as const;
const SOURCES: readonly KitSource[] = [
  { type: 'file', path: 'vipiso', mode: 0o755, from: Buffer.from('#!/bin/sh\n') },
  { type: 'file', path: 'cluster.yaml', mode: 0o644, from: Buffer.from('nodes: []\n') },
  { type: 'directory', path: 'own' },
  { type: 'symlink', path: 'own/localtime', target: '/usr/share/zoneinfo/UTC' },
  { type: 'file', path: `own/${'deep/'.repeat(30)}file`, mode: 0o600, from: Buffer.alloc(1300, 7) },
];
const about = (changes: Partial<KitContents>): Omit<KitContents, 'entries'> => ({
  ...ABOUT,
  clusters: [...ABOUT.clusters],
  overlays: [...ABOUT.overlays],
  bring: [],
  ...changes,
});
const { signal } = new AbortController();

async function madeKit(
  sources = SOURCES,
): Promise<{ file: string; bytes: Buffer; digest: string }> {
  const file = path.join(temporaryFolder(), 'kit.tar');
  const { sha256: digest } = await writeKit(file, about({}), sources);
  return { file, bytes: readFileSync(file), digest };
}

/** Exit code of reading it all; 0 when it is taken. */
async function judge(bytes: Buffer): Promise<number> {
  const file = path.join(temporaryFolder(), 'kit.tar');
  writeFileSync(file, bytes);
  try {
    const reader = await KitReader.open(file);
    await reader.walk(signal).finally(() => reader.close());
    return 0;
  } catch (error) {
    return exitCodeOf(error);
  }
}

describe('a kit', () => {
  test('is the same bytes whatever the order of its sources, and says its digest', async () => {
    const [one, other] = [await madeKit(), await madeKit([...SOURCES].reverse())];
    expect(other.bytes.equals(one.bytes)).toBe(true);
    expect(one.digest).toBe(sha256(one.bytes));
  });

  test('is read back with every file', async () => {
    const { file } = await madeKit();
    const reader = await KitReader.open(file);
    const seen = new Map<string, Buffer[]>();
    let current: Buffer[] = [];
    await reader.walk(signal, {
      begin: (entry: KitEntry) => Promise.resolve(void seen.set(entry.path, (current = []))),
      data: (chunk) => Promise.resolve(void current.push(Buffer.from(chunk))),
      end: () => Promise.resolve(),
    });
    await reader.close();
    expect([...seen.keys()]).toEqual(SOURCES.map(({ path: it }) => it).sort());
    for (const source of SOURCES) {
      if (source.type === 'file')
        expect(Buffer.concat(seen.get(source.path) ?? [])).toEqual(source.from);
    }
  });

  test('is refused with any byte flipped behind what it says of itself', async () => {
    const { bytes } = await madeKit();
    // Nothing vouches for the version of the tool and the like but the digest of the whole.
    const first = bytes.indexOf('"entries"');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: first, max: bytes.length - 1 }),
        fc.integer({ min: 0, max: 7 }),
        async (at, bit) => {
          const changed = Buffer.from(bytes);
          changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
          expect(await judge(changed)).toBe(4);
        },
      ),
      { numRuns: 100 },
    );
  });

  test.each([
    ['is cut short', (bytes: Buffer) => bytes.subarray(0, -600)],
    ['lacks its end mark', (bytes: Buffer) => bytes.subarray(0, -1024)],
    ['goes on', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(512)])],
    ['has another archive behind it', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
    ['is something else', () => Buffer.from('hello')],
    ['is empty', () => Buffer.alloc(0)],
    [
      'is another archive',
      () => writeTar([{ path: 'a', type: 'file', mode: 0o644, mtime: 0 }], { endMark: true }),
    ],
  ])('that %s is refused', async (_what, change) => {
    expect(await judge(change((await madeKit()).bytes))).toBe(4);
  });

  test('with an entry that its table does not list is refused', async () => {
    const { bytes } = await madeKit();
    const extra = tarHeader({ path: 'extra', type: 'file', mode: 0o644, mtime: 42 }, 0);
    const changed = Buffer.concat([bytes.subarray(0, -END_MARK.length), extra, END_MARK]);
    expect(await judge(changed)).toBe(4);
  });

  test('whose table promises another size or digest is refused', async () => {
    const content = Buffer.from('nodes: []\n');
    const kit = (entry: KitEntry): Buffer => {
      const text = contentsText({ ...about({}), entries: [entry] });
      const [table, piece] = [contentsPiece(text.length, 42), pieceOf(entry, 42)];
      return Buffer.concat([
        table.header,
        text,
        Buffer.alloc(table.padding),
        piece.header,
        content,
        Buffer.alloc(piece.padding),
        END_MARK,
      ]);
    };
    const entry = {
      type: 'file',
      path: 'cluster.yaml',
      mode: 0o644,
      size: content.length,
      sha256: sha256(content),
    } as const;
    expect(await judge(kit(entry))).toBe(0);
    expect(await judge(kit({ ...entry, sha256: sha256('other') }))).toBe(4);
    expect(await judge(kit({ ...entry, size: content.length - 1 }))).toBe(4);
  });
});

describe('parseContents', () => {
  const file = (name: string): KitEntry => ({
    type: 'file',
    path: name,
    mode: 0o644,
    size: 0,
    sha256: sha256(''),
  });
  const link = (name: string, target: string): KitEntry => ({
    type: 'symlink',
    path: name,
    target,
  });
  const parse = (...entries: KitEntry[]): unknown =>
    parseContents(contentsText({ ...about({}), entries }).toString());
  const CLUSTER = file('cluster.yaml');

  test.each([
    ['../evil'],
    ['/etc/passwd'],
    ['a/../../evil'],
    ['a//b'],
    ['./a'],
    ['a/'],
    [''],
    ['a\\b'],
    ['a\nb'],
    ['a\0b'],
    ['kit.json'],
  ])('refuses the path %j', (name) => {
    expect(() => parse(CLUSTER, file(name))).toThrow(
      expect.objectContaining({ code: 'malformed-archive' }) as Error,
    );
  });

  test.each([
    ['twice the same', [CLUSTER, CLUSTER]],
    ['out of order', [CLUSTER, file('a')]],
    ['below a file', [CLUSTER, file('d'), file('d/e')]],
    ['below a link', [CLUSTER, link('d', 'kit'), file('d/e')]],
    ['no cluster file', [file('other.yaml')]],
  ])('refuses entries %s', (_what, entries) => {
    expect(() => parse(...entries)).toThrow(/refused/);
  });

  test.each([
    ['out', '/etc'],
    ['out', '..'],
    ['d/out', '../..'],
    ['d/out', '../../etc'],
    ['d/out', 'e/../..'],
    ['own/out', '../cluster.yaml'],
    ['own/d/out', '../../cluster.yaml'],
    ['out', 'a\nb'],
  ])('refuses a link %s to %j', (name, target) => {
    expect(() => parse(CLUSTER, link(name, target))).toThrow(/outside of the kit/);
  });

  test.each([
    ['d/in', '../cluster.yaml'],
    ['in', 'cluster.yaml'],
    ['own/etc/in', '../usr'],
    ['own/etc/in', '/usr/share'],
  ])('takes a link %s to %j', (name, target) => {
    expect(() => parse(CLUSTER, link(name, target))).not.toThrow();
  });
});
