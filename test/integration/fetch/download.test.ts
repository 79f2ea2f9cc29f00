import { mkdirSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { VipisoError } from '../../../scripts/core/errors.ts';
import { testHost } from '../../support/host/test-host.ts';
import {
  accept,
  BYTES,
  download,
  downloadFrom,
  leftBehind,
  OTHER,
  TIMINGS,
} from '../../support/http/downloads.ts';
import { content, drip, inTurn, serve, status, truncated } from '../../support/http/http-server.ts';

describe('a transfer', () => {
  test('reports its bytes and leaves nothing behind', async () => {
    const host = testHost();
    const { url } = await serve(content(BYTES));
    const seen: number[] = [];
    await download(host, [`${url}/thing.apk`], { onProgress: (bytes) => seen.push(bytes) });
    expect(seen.at(-1)).toBe(BYTES.length);
    expect(leftBehind(host)).toEqual([]);
  });

  test('reads a lone file where it lies if the verdict leaves it there', async () => {
    const host = testHost();
    const [right, wrong] = [path.join(host.folder, 'right'), path.join(host.folder, 'wrong')];
    writeFileSync(right, BYTES);
    writeFileSync(wrong, OTHER);
    const read: string[] = [];
    const more = {
      leavesFile: true,
      accept: async (file: string) => {
        read.push(file);
        return await accept(file);
      },
    };
    expect(await download(host, [right], more)).toBe('right');
    expect(read).toEqual([right]);
    const absent = path.join(host.folder, 'absent');
    for (const [source, code] of [
      [wrong, 'digest-mismatch'],
      [absent, 'not-found'],
    ] as const) {
      await expect(download(host, [source], more)).rejects.toMatchObject({ code });
    }
    expect(await download(host, [wrong, right], more)).toBe('right');
    expect(leftBehind(host)).toEqual([]);
  });

  test('goes on where a cut line ended', async () => {
    const server = await serve(inTurn(truncated(BYTES, 50_000), content(BYTES)));
    expect(await download(testHost(), [`${server.url}/x`])).toBe('right');
    expect(server.requests).toEqual(['/x', '/x bytes=50000-']);
  });

  test('goes on in a later run, from another mirror without the same ETag too', async () => {
    const host = testHost();
    const cut = truncated(BYTES, 50_000);
    await expect(downloadFrom(inTurn(cut, status(404)), host)).rejects.toThrow();
    expect(leftBehind(host)).toEqual(['k']);
    const server = await serve(content(BYTES, '"other"'));
    expect(await download(host, [`${server.url}/x`])).toBe('right');
    expect(server.requests).toEqual(['/x bytes=50000-']);
    expect(leftBehind(host)).toEqual([]);
  });

  test('starts over when the file changed meanwhile', async () => {
    const listener = inTurn(truncated(OTHER, 50_000, '"old"'), content(BYTES, '"new"'));
    expect(await downloadFrom(listener)).toBe('right');
  });

  test('starts over when what an earlier run left was wrong', async () => {
    const host = testHost();
    const left = path.join(host.cacheFolder, 'partial', 'k');
    mkdirSync(left, { recursive: true });
    writeFileSync(path.join(left, 'content'), OTHER.subarray(0, 1000));
    expect(await downloadFrom(content(BYTES), host)).toBe('right');
  });

  test('takes a whole file of an earlier run without asking', async () => {
    const host = testHost();
    const left = path.join(host.cacheFolder, 'partial', 'k');
    mkdirSync(left, { recursive: true });
    writeFileSync(path.join(left, 'content'), BYTES);
    expect(await downloadFrom(status(500), host)).toBe('right');
  });

  test('starts over when the server refuses the range', async () => {
    const server = await serve(inTurn(truncated(BYTES, 50_000), status(416), content(BYTES)));
    expect(await download(testHost(), [`${server.url}/x`])).toBe('right');
    expect(server.requests).toEqual(['/x', '/x bytes=50000-', '/x']);
  });

  test.each([
    ['500s', inTurn(status(500), status(503), content(BYTES))],
    ['429', inTurn(status(429, { 'retry-after': '1' }), content(BYTES))],
    ['a slow drip', inTurn(drip(BYTES, 20), content(BYTES))],
    ['silence', inTurn(() => undefined, content(BYTES))],
    ['a cut before the first byte', inTurn((request) => request.destroy(), content(BYTES))],
  ])('succeeds after %s', async (_what, listener) => {
    expect(await downloadFrom(listener)).toBe('right');
  });

  test.each([
    ['seconds', () => '1', 900],
    ['a date', () => new Date(Date.now() + 2000).toUTCString(), 900],
    ['more than is granted', () => '100000', 900],
  ])('waits as long as a busy server asks, in %s', async (_what, when, atLeast) => {
    const busy: RequestListener = (request, response) =>
      status(503, { 'retry-after': when() })(request, response);
    const server = await serve(inTurn(busy, content(BYTES)));
    const start = performance.now();
    const timings = { ...TIMINGS, longestPauseMs: 1500 };
    expect(await download(testHost(), [`${server.url}/x`], { timings })).toBe('right');
    const waited = performance.now() - start;
    expect(waited).toBeGreaterThan(atLeast);
    expect(waited).toBeLessThan(10_000);
  });

  test.each<[string, RequestListener, string, RegExp]>([
    ['only 500s', status(500), 'network', /HTTP 500/],
    ['404', status(404), 'not-found', /HTTP 404/],
    ['403', status(403), 'network', /HTTP 403/],
    ['only a drip', drip(BYTES, 20), 'timeout', /bytes per second/],
    ['only silence', () => undefined, 'timeout', /no answer in time/],
    [
      'another length',
      content(BYTES.subarray(1)),
      'digest-mismatch',
      /has 108889 bytes where 108890/,
    ],
    ['wrong content', content(OTHER), 'digest-mismatch', /other bytes than expected/],
    ['a redirect loop', status(302, { location: '/x' }), 'network', /redirect loop: .* -> .*\/x/],
    ['another protocol', status(302, { location: 'file:///etc/passwd' }), 'network', /refused/],
    [
      'a body without end',
      (_request, response) => {
        const timer = setInterval(() => response.write(BYTES), 1);
        response.on('close', () => clearInterval(timer));
      },
      'digest-mismatch',
      /is larger than/,
    ],
    [
      'a compressed body',
      (_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(BYTES);
      },
      'network',
      /gzip encoding/,
    ],
  ])('gives up at %s', async (_what, listener, code, text) => {
    const error: unknown = await downloadFrom(listener).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code });
    const { message, details } = error as VipisoError;
    expect([message, ...details].join('\n')).toMatch(text);
  });

  test('follows redirects, but never shows or passes on a password', async () => {
    const seen: (string | undefined)[] = [];
    const target = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    const first = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(301, { location: `${target.url}/y` }).end();
    });
    const url = `${first.url.replace('//', '//user:hunter2@')}/x?token=hunter2`;
    const error: unknown = await download(testHost(), [url]).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'not-found', details: [`${first.url}/x: HTTP 404`] });
    expect(seen).toEqual([`Basic ${Buffer.from('user:hunter2').toString('base64')}`, undefined]);
  });
});
