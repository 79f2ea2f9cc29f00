import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Downloader } from '../../../scripts/host/download/download.ts';
import { testHost } from '../../support/host/test-host.ts';
import { serveAndClose } from '../../support/http/http-server.ts';

/** More than Node and undici hold back by themselves, so that a slow reader makes them pause. */
const BYTES = Buffer.alloc(400_000, 'all that is in a package');
const TIMINGS = {
  connectMs: 1000,
  idleMs: 400,
  slowAfterMs: 5000,
  minBytesPerSecond: 1,
  pausesMs: [1],
  longestPauseMs: 5,
  retryForMs: 60_000,
};

async function download(bytes: Buffer, rateLimit: number | undefined): Promise<Buffer> {
  const source = `${await serveAndClose(bytes)}/x`;
  const downloader = new Downloader(testHost(), { offline: false, timings: TIMINGS, rateLimit });
  try {
    return await downloader.fetch({
      what: 'thing.apk',
      sources: [source],
      key: 'k',
      size: BYTES.length,
      accept: (file) => Promise.resolve(readFileSync(file)),
    });
  } finally {
    await downloader.close();
  }
}

describe.each([
  ['at full speed', undefined],
  ['slower than it comes', 2_000_000],
])('from a server that closes the connection, %s', (_, rateLimit) => {
  const length = `Content-Length: ${BYTES.length}\r\n`;
  const answer = (head: string, body: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`HTTP/1.0 200 OK\r\n${head}\r\n`), body]);

  test.each([
    ['of a told length', answer(length, BYTES)],
    ['of no told length', answer('', BYTES)],
    ['with a word about it', answer(`${length}Connection: close\r\n`, BYTES)],
  ])('comes a file %s', async (_, bytes) => {
    expect((await download(bytes, rateLimit)).equals(BYTES)).toBe(true);
  });

  test('comes word that a file was cut short', async () => {
    const short = answer(length, BYTES.subarray(0, 190_000));
    await expect(download(short, rateLimit)).rejects.toMatchObject({ code: 'network' });
  });
});
