import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../scripts/core/digest.ts';
import { exitCodeOf } from '../../../../scripts/core/errors.ts';
import { parseContents } from '../../../../scripts/kit/archive/contents.ts';
import type { KitEntry } from '../../../../scripts/kit/archive/contents.ts';
import { KitReader } from '../../../../scripts/kit/archive/read.ts';
import { temporaryFolder } from '../../../support/host/test-host.ts';

const AT_ONCE_MS = 10_000;

const file = (name: string): KitEntry => ({
  type: 'file',
  path: name,
  mode: 0o644,
  size: 0,
  sha256: sha256(''),
});
const CLUSTER = file('cluster.yaml');

function contents(entries: readonly unknown[], overlays: readonly string[] = []): string {
  const about = { kit: 1, tool: '1', epoch: 1, clusters: ['cluster.yaml'], overlays, bring: [] };
  return JSON.stringify({ ...about, entries });
}

/** Exit code, and how long the answer took. */
async function verdict(work: () => unknown): Promise<{ code: number; ms: number }> {
  const start = performance.now();
  try {
    await work();
    return { code: 0, ms: performance.now() - start };
  } catch (error) {
    return { code: exitCodeOf(error), ms: performance.now() - start };
  }
}

describe('what is not a file is refused at once', () => {
  test.each([
    ['a folder', (place: string) => mkdirSync(place)],
    ['a named pipe', (place: string) => execFileSync('mkfifo', [place])],
  ])('%s', async (_what, make) => {
    const place = path.join(temporaryFolder(), 'kit');
    make(place);
    const { code, ms } = await verdict(() => KitReader.open(place));
    expect(code).toBe(4);
    expect(ms).toBeLessThan(AT_ONCE_MS);
  });

  test('a device without end', async () => {
    expect(await verdict(() => KitReader.open('/dev/zero'))).toMatchObject({ code: 4 });
  });
});

describe('a table of contents', () => {
  test('of more folders than any kit has is refused at once', async () => {
    const folders = Array.from({ length: 200_000 }, (_, index) => ({
      type: 'directory',
      path: `d${String(index).padStart(7, '0')}`,
    }));
    const text = contents([CLUSTER, ...folders]);
    const { code, ms } = await verdict(() => parseContents(text));
    expect(code).toBe(4);
    expect(ms).toBeLessThan(AT_ONCE_MS);
  });

  test('of folders hundreds deep is refused', async () => {
    const text = contents([CLUSTER, { type: 'directory', path: 'd/'.repeat(500) + 'd' }]);
    expect(await verdict(() => parseContents(text))).toMatchObject({ code: 4 });
  });

  const LINK = { type: 'symlink', target: '/etc' };
  test.each([
    ['the kit’s own folder', 'kit', [CLUSTER, { ...LINK, path: 'kit/tool' }]],
    ['a part of it', 'kit/data', [CLUSTER, { ...LINK, path: 'kit/data/keys' }]],
    ['a file', 'own', [CLUSTER, file('own')]],
    ['a link', 'own', [CLUSTER, { ...LINK, path: 'own', target: 'kit' }]],
  ])('that calls %s an overlay folder is refused', async (_what, overlay, entries) => {
    expect(await verdict(() => parseContents(contents(entries, [overlay])))).toMatchObject({
      code: 4,
    });
  });

  test('whose overlay folder holds the cluster file is refused', async () => {
    const entries = [file('own/cluster.yaml'), { ...LINK, path: 'own/keys' }];
    const text = contents(entries, ['own']).replace('["cluster.yaml"]', '["own/cluster.yaml"]');
    expect(await verdict(() => parseContents(text))).toMatchObject({ code: 4 });
    expect(await verdict(() => parseContents(text.replace('["own"]', '[]')))).toMatchObject({
      code: 4,
    });
  });
});
