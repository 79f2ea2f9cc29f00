import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ContentStore } from '../../../../scripts/host/cache/content-store.ts';
import { writeFileAtomic } from '../../../../scripts/host/fs/atomic-file.ts';
import { ownerToken } from '../../../../scripts/host/fs/owner.ts';
import { tempName, withTempFolder } from '../../../../scripts/host/fs/temp-folder.ts';
import { testHost } from '../../../support/host/test-host.ts';

/** As a run that was killed would have named it. */
function deadName(): string {
  const { pid } = spawnSync('true');
  const [namespace = '', , started = ''] = ownerToken().split('.');
  return `.vipiso-tmp-${namespace}.${pid}.${started}-abcdef`;
}

function plant(folder: string, name: string): string {
  const place = path.join(folder, name);
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, 'secret'), 'hash');
  return place;
}

describe('what a killed run left', () => {
  test('in any part of the cache is gone after the first use of the cache', async () => {
    const host = testHost();
    const parts = ['stamps', 'sha256', 'bases', 'parsed-index', 'mkimage-runs', 'compare'];
    const dead = parts.map((part) => plant(path.join(host.cacheFolder, part), deadName()));
    const living = plant(path.join(host.cacheFolder, 'stamps'), tempName());
    await new ContentStore(host).putBytes(Buffer.from('x'));
    expect(dead.filter((it) => existsSync(it))).toEqual([]);
    expect(existsSync(living)).toBe(true);
  });

  test('beside a file is gone when the file is written', async () => {
    const { folder } = testHost();
    const dead = plant(folder, deadName());
    await writeFileAtomic(path.join(folder, 'vipiso.lock.json'), '{}');
    expect(existsSync(dead)).toBe(false);
  });

  test('where a folder for work is made is gone', async () => {
    const host = testHost();
    const dead = plant(host.dataFolder, deadName());
    await withTempFolder(host, host.dataFolder, async () => {
      expect(existsSync(dead)).toBe(false);
      await Promise.resolve();
    });
  });

  test.runIf(process.geteuid?.() === 0)('by another account is left to it', async () => {
    const { folder } = testHost();
    const dead = plant(folder, deadName());
    spawnSync('chown', ['12345', dead]);
    await writeFileAtomic(path.join(folder, 'file'), '');
    expect(existsSync(dead)).toBe(true);
  });
});
