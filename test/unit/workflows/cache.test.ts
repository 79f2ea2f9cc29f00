import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../scripts/core/digest.ts';
import { cachedFolder } from '../../../scripts/host/cache/cached-folder.ts';
import { ContentStore } from '../../../scripts/host/cache/content-store.ts';
import { measureCache, pruneCache } from '../../../scripts/workflows/cache.ts';
import { testHost } from '../../support/host/test-host.ts';

const DAY_MS = 24 * 3600 * 1000;

describe('the cache', () => {
  it('is empty before the first run', async () => {
    expect(await measureCache(testHost())).toEqual([]);
  });

  it('counts files of the store one by one, and folders with all that is in them', async () => {
    const host = testHost();
    const store = new ContentStore(host);
    await store.putBytes(Buffer.from('four'));
    await store.putBytes(Buffer.from('seven!!'));
    await cachedFolder(host, 'bases', sha256('base'), (folder) => {
      mkdirSync(path.join(folder, 'boot'));
      writeFileSync(path.join(folder, 'boot', 'vmlinuz'), 'kernel');
      return Promise.resolve();
    });
    const list = path.join(host.cacheFolder, 'bases', sha256('base'), 'digests');
    expect(await measureCache(host)).toEqual([
      { kind: 'bases', entries: 1, bytes: 6 + statSync(list).size },
      { kind: 'sha256', entries: 2, bytes: 11 },
    ]);
  });

  it('drops what was not used for long, keeps the rest, and forgets leftovers of dead runs', async () => {
    const host = testHost();
    const store = new ContentStore(host);
    const [old, fresh] = [
      await store.putBytes(Buffer.from('old')),
      await store.putBytes(Buffer.from('fresh')),
    ];
    const oldFile = (await store.get(old)) ?? '';
    const before = (Date.now() - 40 * DAY_MS) / 1000;
    utimesSync(oldFile, before, before);

    expect(await pruneCache(host, { unusedMs: 30 * DAY_MS })).toEqual({ removed: 1, bytes: 3 });
    expect(existsSync(oldFile)).toBe(false);
    expect(await store.getBytes(fresh)).toEqual(Buffer.from('fresh'));
  });

  it('is emptied by a limit of zero', async () => {
    const host = testHost();
    await new ContentStore(host).putBytes(Buffer.from('x'));
    expect((await pruneCache(host, { unusedMs: 0 })).removed).toBe(1);
    expect((await measureCache(host)).every(({ entries }) => entries === 0)).toBe(true);
  });
});
