import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../scripts/core/digest.ts';
import { VipisoError } from '../../../scripts/core/errors.ts';
import { DOWNLOAD_TIMINGS, Downloader } from '../../../scripts/host/download/download.ts';
import type { DownloadTimings } from '../../../scripts/host/download/download.ts';
import { temporaryFolder, testHost } from '../../support/host/test-host.ts';
import {
  content,
  drip,
  inTurn,
  serve,
  serveAndClose,
  status,
} from '../../support/http/http-server.ts';

const BYTES = Buffer.alloc(300_000, 'what a package consists of ');
const PORTAL = Buffer.alloc(400, '<p>Welcome to our network. Please log in.</p>\n');

async function download(
  sources: readonly string[],
  timings: DownloadTimings = { ...DOWNLOAD_TIMINGS, pausesMs: [1, 1] },
): Promise<Buffer> {
  const downloader = new Downloader(testHost(), { offline: false, timings });
  try {
    return await downloader.fetch({
      what: 'thing.apk',
      sources,
      key: 'k',
      size: BYTES.length,
      accept: (file) => {
        const bytes = readFileSync(file);
        if (sha256(bytes) === sha256(BYTES)) return Promise.resolve(bytes);
        throw new VipisoError('digest-mismatch', 'other bytes than expected');
      },
    });
  } finally {
    await downloader.close();
  }
}

/** Without a length: in chunks. */
function chunked(bytes: Buffer): RequestListener {
  return (_request, response) => {
    response.writeHead(200);
    response.write(bytes.subarray(0, 100));
    response.end(bytes.subarray(100));
  };
}

/** Promises `bytes` of that many times their length. */
function never(bytes: Buffer, times: number): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': bytes.length * times });
    response.write(bytes);
  };
}

describe('a page instead of a file', () => {
  const closing = (head: string): Promise<string> =>
    serveAndClose(Buffer.concat([Buffer.from(`HTTP/1.0 200 OK\r\n${head}\r\n`), PORTAL]));
  const portals: [string, () => Promise<string>][] = [
    ['of a told length', async () => (await serve(content(PORTAL))).url],
    ['in chunks', async () => (await serve(chunked(PORTAL))).url],
    ['that is not all sent', async () => (await serve(never(PORTAL, 3))).url],
    ['larger than the file', async () => (await serve(never(BYTES, 2))).url],
    ['from an old server', async () => await closing(`Content-Length: ${PORTAL.length}\r\n`)],
    [
      'behind a redirect',
      async () => {
        const { url } = await serve(content(PORTAL));
        return (await serve(status(302, { location: `${url}/login` }))).url;
      },
    ],
  ];

  test.each(portals)('%s is failed verification', async (_what, portal) => {
    await expect(download([await portal()])).rejects.toMatchObject({
      code: 'digest-mismatch',
      message: 'thing.apk is not what was expected',
    });
  });

  test.each([...portals, ['of no told end', () => closing('')] as const])(
    '%s leaves the word to the next mirror',
    async (_what, portal) => {
      const { url } = await serve(content(BYTES));
      expect((await download([await portal(), url])).equals(BYTES)).toBe(true);
    },
  );
});

describe('a file in a folder', () => {
  test.each([
    ['cut short', (file: string) => writeFileSync(file, BYTES.subarray(0, 1000))],
    ['too long', (file: string) => writeFileSync(file, Buffer.concat([BYTES, BYTES]))],
    ['empty', (file: string) => writeFileSync(file, '')],
    ['that is a folder', (file: string) => mkdirSync(file)],
    ['that is a named pipe', (file: string) => execFileSync('mkfifo', [file])],
  ])('%s is failed verification, and the next mirror is asked', async (_what, make) => {
    const file = path.join(temporaryFolder(), 'thing.apk');
    make(file);
    await expect(download([file])).rejects.toMatchObject({ code: 'digest-mismatch' });
    const { url } = await serve(content(BYTES));
    expect((await download([file, url])).equals(BYTES)).toBe(true);
  });
});

describe('the patience with a server', () => {
  const FACTOR = 20;
  const timings: DownloadTimings = {
    connectMs: DOWNLOAD_TIMINGS.connectMs / FACTOR,
    idleMs: DOWNLOAD_TIMINGS.idleMs / FACTOR,
    slowAfterMs: DOWNLOAD_TIMINGS.slowAfterMs / FACTOR,
    minBytesPerSecond: DOWNLOAD_TIMINGS.minBytesPerSecond,
    pausesMs: DOWNLOAD_TIMINGS.pausesMs.map((it) => it / FACTOR),
    longestPauseMs: DOWNLOAD_TIMINGS.longestPauseMs / FACTOR,
    retryForMs: DOWNLOAD_TIMINGS.retryForMs / FACTOR,
  };

  /** Header lines without end, one after the other. */
  const endlessHead: RequestListener = ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write('X-Wait: yes\r\n'), 1000 / FACTOR);
    socket.on('close', () => clearInterval(timer));
  };
  const slowError: RequestListener = (_request, response) => {
    response.writeHead(404, { 'content-length': 1000 });
    const timer = setInterval(() => response.write('n'), 1000 / FACTOR);
    response.on('close', () => clearInterval(timer));
  };

  const servers: readonly (readonly [string, RequestListener])[] = [
    ['silent', () => undefined],
    ['that sends a byte a second', drip(BYTES, 1000 / FACTOR)],
    ['that falls silent in the middle', never(BYTES.subarray(0, 1000), 300)],
    ['that sends headers for ever', endlessHead],
    ['whose error page takes for ever', slowError],
    ['that asks to wait a day', status(503, { 'retry-after': '86400' })],
    [
      'that sends from one slow page to the next',
      (request, response) => {
        setTimeout(() => {
          response.writeHead(302, { location: `${request.url ?? ''}x` }).end();
        }, 9000 / FACTOR);
      },
    ],
  ];

  // All at once, since they wait: one after the other would take as many times as long.
  test('ends well under two minutes, whatever the server does', async () => {
    const good = (await serve(content(BYTES))).url;
    const ends = await Promise.all(
      servers.map(async ([what, listener]) => {
        const { url } = await serve(listener);
        const start = performance.now();
        const failure = await download([`${url}/x`], timings).catch((error: unknown) => error);
        const took = performance.now() - start;
        const fromNext = await download([`${url}/x`, good], timings);
        return { what, failure, took, fromNext };
      }),
    );
    expect(ends).toHaveLength(servers.length);
    for (const { what, failure, took, fromNext } of ends) {
      expect(failure, what).toBeInstanceOf(VipisoError);
      // undici counts time in steps of half a second, which do not shrink with the factor.
      expect(took, what).toBeLessThan(100_000 / FACTOR);
      expect(fromNext.length, what).toBe(BYTES.length);
    }
  });

  test('lets a line that is cut again and again bring its file, as long as it brings something', async () => {
    let sent = 0;
    const cut: RequestListener = (_request, response) => {
      response.writeHead(sent === 0 ? 200 : 206, {
        'content-length': BYTES.length - sent,
        'content-range': `bytes ${sent}-${BYTES.length - 1}/${BYTES.length}`,
      });
      const piece = BYTES.subarray(sent, (sent += 100_000));
      response.write(piece);
      if (sent < BYTES.length) setTimeout(() => response.destroy(), 300);
      else response.end();
    };
    const { url } = await serve(inTurn(cut));
    expect((await download([url], { ...timings, retryForMs: 200 })).equals(BYTES)).toBe(true);
  });
});
