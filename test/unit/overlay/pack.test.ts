import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { extract } from 'tar-stream';
import type { Header } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { packApkovl } from '../../../scripts/overlay/pack.ts';
import { layTrees } from '../../../scripts/overlay/tree.ts';
import type { TreeEntry } from '../../../scripts/overlay/tree.ts';

const EPOCH = 1_700_000_000;

function file(path: string, content: Buffer | string, mode = 0o644): TreeEntry {
  return { path, type: 'file', mode, uid: 0, gid: 0, content: Buffer.from(content) };
}

async function unpack(archive: Buffer): Promise<{ header: Header; content: Buffer }[]> {
  const reader = extract();
  reader.end(gunzipSync(archive));
  const found: { header: Header; content: Buffer }[] = [];
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    found.push({ header: entry.header, content: Buffer.concat(chunks) });
  }
  return found;
}

describe('packApkovl', () => {
  it('writes each entry once, in order, with one time and its owner', async () => {
    const tree = layTrees([
      file('etc/shadow', 'x', 0o600),
      { path: 'etc/l', type: 'symlink', target: '/etc/init.d/x', uid: 0, gid: 0 },
      { path: 'home/ops', type: 'directory', mode: 0o700, uid: 1000, gid: 1000 },
    ]);
    const entries = await unpack(await packApkovl(tree, EPOCH));
    const seen = entries.map(({ header: { name, mode, uid, gid, type, linkname, mtime } }) => [
      ...[name, type, mode.toString(8), uid, gid, linkname, mtime.getTime()],
    ]);
    const time = EPOCH * 1000;
    expect(seen).toEqual([
      ['etc/', 'directory', '755', 0, 0, null, time],
      ['etc/l', 'symlink', '777', 0, 0, '/etc/init.d/x', time],
      ['etc/shadow', 'file', '600', 0, 0, null, time],
      ['home/', 'directory', '755', 0, 0, null, time],
      ['home/ops/', 'directory', '700', 1000, 1000, null, time],
    ]);
  });

  it('gives back any content, in several gzip blocks where it must', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(200_000), fc.nat(255), async (size, seed) => {
        const bytes = Buffer.from(Array.from({ length: size }, (_, index) => index * seed));
        const entries = await unpack(await packApkovl(layTrees([file('etc/x', bytes)]), EPOCH));
        expect(entries.at(-1)?.content.equals(bytes)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it('gives equal bytes for equal input, and has neither time nor system in its gzip header', async () => {
    const make = async () => await packApkovl(layTrees([file('etc/x', 'y')]), EPOCH);
    const [first, second] = [await make(), await make()];
    expect(first.equals(second)).toBe(true);
    expect([...first.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  });

  it('splits long names into the ustar prefix', async () => {
    const path = `${'folder-of-thirty-two-characters/'.repeat(4)}${'n'.repeat(95)}`;
    const entries = await unpack(await packApkovl(layTrees([file(path, 'x')]), EPOCH));
    expect(entries.at(-1)?.header).toMatchObject({ name: path, pax: null });
  });

  it.each([
    ['a name', file(`etc/${'n'.repeat(101)}`, '')],
    ['a path', file(`${'folder-of-thirty-two-characters/'.repeat(6)}${'n'.repeat(90)}`, '')],
    ['letters', file('etc/ä', '')],
    [
      'a target',
      { path: 'etc/l', type: 'symlink', target: 'x'.repeat(101), uid: 0, gid: 0 } as const,
    ],
  ])('refuses %s that busybox could not read', async (_, entry) => {
    await expect(packApkovl(layTrees([entry]), EPOCH)).rejects.toThrow(/cannot be packed/);
  });
});
