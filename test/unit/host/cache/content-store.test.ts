import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../scripts/core/digest.ts';
import { ContentStore } from '../../../../scripts/host/cache/content-store.ts';
import { readDerived, writeDerived } from '../../../../scripts/host/cache/derived-file.ts';
import { testHost } from '../../../support/host/test-host.ts';

const BYTES = Buffer.from('some package');

function flipByte(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  chmodSync(file, 0o600);
  writeFileSync(file, bytes);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && path.basename(entry.parentPath) !== 'leases')
    .map((entry) => entry.name);
}

describe('ContentStore', () => {
  test('gives back what was put, and nothing else', async () => {
    const store = new ContentStore(testHost());
    const digest = await store.putBytes(BYTES);
    expect(digest).toBe(sha256(BYTES));
    expect(await store.getBytes(digest)).toEqual(BYTES);
    expect(readFileSync((await store.get(digest)) ?? '')).toEqual(BYTES);
    expect(await store.get(sha256('other'))).toBeUndefined();
  });

  test.each(['get', 'getBytes'] as const)('%s drops an entry with a flipped byte', async (read) => {
    const host = testHost();
    const store = new ContentStore(host);
    const digest = await store.putBytes(BYTES);
    const file = (await store.get(digest)) ?? '';
    flipByte(file, 3);
    expect(await store[read](digest)).toBeUndefined();
    expect(existsSync(file)).toBe(false);
    expect(host.events).toMatchObject([{ type: 'note', level: 'warning' }]);
    await store.putBytes(BYTES);
    expect(await store[read](digest)).toBeDefined();
  });

  test('keeps nothing of a stream that breaks or differs', async () => {
    const host = testHost();
    const store = new ContentStore(host);
    const other = store.put(Readable.from([BYTES]), sha256('expected'));
    await expect(other).rejects.toMatchObject({ code: 'digest-mismatch' });
    const broken = Readable.from(
      (function* () {
        yield BYTES;
        throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      })(),
    );
    await expect(store.put(broken, undefined, 99)).rejects.toMatchObject({ code: 'disk-full' });
    expect(filesBelow(host.cacheFolder)).toEqual([]);
  });

  test('is interrupted without a trace', async () => {
    const host = testHost();
    const endless = new Readable({ read: () => undefined });
    const put = new ContentStore(host).put(endless);
    setTimeout(host.abort, 20);
    await expect(put).rejects.toMatchObject({ code: 'interrupted' });
    expect(filesBelow(host.cacheFolder)).toEqual([]);
  });

  test('many may put the same content at once', async () => {
    const host = testHost();
    const puts = Array.from({ length: 20 }, () => new ContentStore(host).putBytes(BYTES));
    expect(new Set(await Promise.all(puts)).size).toBe(1);
    expect(filesBelow(host.cacheFolder)).toHaveLength(1);
  });
});

test('keeping bytes takes them in once, and heals an entry that was damaged', async () => {
  const host = testHost();
  const store = new ContentStore(host);
  const digest = sha256(BYTES);
  await store.keepBytes(BYTES, digest);
  const file = await store.get(digest);
  expect(file && readFileSync(file).equals(BYTES)).toBe(true);
  flipByte(file ?? '', 3);
  await store.keepBytes(BYTES, digest);
  expect((await store.getBytes(digest))?.equals(BYTES)).toBe(true);
  await expect(store.keepBytes(BYTES, sha256('something else'))).rejects.toMatchObject({
    code: 'digest-mismatch',
  });
});

test('a derived file is what was written, or absent once its bytes are damaged', async () => {
  const host = testHost();
  expect(await readDerived(host, 'parsed', 'key')).toBeUndefined();
  await writeDerived(host, 'parsed', 'key', Buffer.from('re'), Buffer.from('sult'));
  expect((await readDerived(host, 'parsed', 'key'))?.toString()).toBe('result');
  const file = path.join(host.cacheFolder, 'parsed', 'key');
  for (let at = 0; at < readFileSync(file).length; at++) {
    flipByte(file, at);
    expect(await readDerived(host, 'parsed', 'key'), `byte ${at}`).toBeUndefined();
    flipByte(file, at);
  }
  expect((await readDerived(host, 'parsed', 'key'))?.toString()).toBe('result');
});
