import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatBytes } from '../../../../scripts/core/format-bytes.ts';
import { cachedFolder } from '../../../../scripts/host/cache/cached-folder.ts';
import { replaceFolder, writeFileAtomic } from '../../../../scripts/host/fs/atomic-file.ts';
import { errnoOf, ioError } from '../../../../scripts/host/fs/errno.ts';
import { ownerState, ownerToken } from '../../../../scripts/host/fs/owner.ts';
import {
  removeStaleTemps,
  tempName,
  withTempFolder,
} from '../../../../scripts/host/fs/temp-folder.ts';
import { requireTools } from '../../../../scripts/host/tools/find-tool.ts';
import { testHost } from '../../../support/host/test-host.ts';

describe('writeFileAtomic', () => {
  test('makes parents, replaces content, sets the exact mode and leaves nothing beside', async () => {
    const { folder } = testHost();
    const file = path.join(folder, 'a', 'b', 'secret');
    await writeFileAtomic(file, 'old', { mode: 0o600 });
    await writeFileAtomic(file, 'new', { mode: 0o600 });
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(path.dirname(file))).toEqual(['secret']);
  });

  test('says what is in the way', async () => {
    const { folder } = testHost();
    writeFileSync(path.join(folder, 'file'), '');
    const below = writeFileAtomic(path.join(folder, 'file', 'x'), 'text');
    await expect(below).rejects.toMatchObject({ code: 'io' });
  });
});

test('replaceFolder swaps whole folders', async () => {
  const { folder } = testHost();
  const [fresh, target] = [path.join(folder, 'fresh'), path.join(folder, 'target')];
  mkdirSync(target);
  writeFileSync(path.join(target, 'old'), '');
  mkdirSync(fresh);
  writeFileSync(path.join(fresh, 'new'), '');
  await replaceFolder(fresh, target);
  expect(readdirSync(folder)).toEqual(['target']);
  expect(readdirSync(target)).toEqual(['new']);
});

describe('withTempFolder', () => {
  test('lies near its target and is gone afterwards, also after an error', async () => {
    const host = testHost();
    await expect(
      withTempFolder(host, host.folder, (temp) => {
        mkdirSync(path.join(temp, 'locked'), { mode: 0o500 });
        expect(path.dirname(temp)).toBe(host.folder);
        return Promise.reject(new Error('no'));
      }),
    ).rejects.toThrow('no');
    expect(readdirSync(host.folder)).toEqual([]);
  });

  test('leftovers of a dead run are removed, those of a living run are kept', async () => {
    const host = testHost();
    const mine = tempName();
    const dead = mine.replace(ownerToken(), ownerToken().replace(/\d+$/, '1'));
    mkdirSync(path.join(host.folder, mine));
    mkdirSync(path.join(host.folder, dead));
    expect([ownerState(mine), ownerState(dead)]).toEqual(['alive', 'dead']);
    expect(ownerState(`ab971.${ownerToken()}-0a1b`)).toBe('alive');
    await removeStaleTemps(host, host.folder);
    expect(readdirSync(host.folder)).toEqual([mine]);
  });
});

describe('cachedFolder', () => {
  test('builds once; a failed build leaves nothing', async () => {
    const host = testHost();
    const build = (folder: string): Promise<void> => {
      writeFileSync(path.join(folder, 'x'), 'content');
      return Promise.resolve();
    };
    const fail = (): Promise<void> => Promise.reject(new Error('no'));
    await expect(cachedFolder(host, 'base', 'key', fail)).rejects.toThrow('no');
    const first = await cachedFolder(host, 'base', 'key', build);
    const second = await cachedFolder(host, 'base', 'key', fail);
    expect([first.cached, second.cached]).toEqual([false, true]);
    expect(readFileSync(path.join(second.path, 'x'), 'utf8')).toBe('content');
    expect(readdirSync(path.join(host.cacheFolder, 'base'))).toEqual(['key']);
  });

  test('of two concurrent builds one wins and both get the same folder', async () => {
    const host = testHost();
    const build = async (folder: string): Promise<void> => {
      await new Promise(setImmediate);
      writeFileSync(path.join(folder, 'x'), '');
    };
    const both = await Promise.all([
      cachedFolder(host, 'base', 'key', build),
      cachedFolder(host, 'base', 'key', build),
    ]);
    expect(both.map((it) => it.cached).sort()).toEqual([false, true]);
    expect(new Set(both.map((it) => it.path)).size).toBe(1);
  });
});

test('all missing programs are named at once, with their packages', () => {
  const host = testHost({ env: { PATH: '/nowhere' } });
  const ask = (): void => requireTools(host, ['sh', 'nothing-like-this', 'neither-this']);
  expect(ask).toThrow('not installed: nothing-like-this, neither-this');
});

test('ioError knows a full disk and keeps the figures', () => {
  const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
  const error = ioError(full, 'write', '/tmp/x.iso', 60_000_000);
  expect(error.code).toBe('disk-full');
  expect(error.message).toMatch(
    /^no space left on the device: cannot write: \/tmp\/x\.iso \(needed: 60\.0 MB, free: .*B\)$/,
  );
  expect(errnoOf(error.cause)).toBe('ENOSPC');
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [54_123_456, '54.1 MB'],
  [999_960, '1.0 MB'],
])('%i bytes read %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
