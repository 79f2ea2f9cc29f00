import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Downloader } from '../../../scripts/host/download/download.ts';
import { testHost } from '../../support/host/test-host.ts';
import {
  accept,
  BYTES,
  download,
  leftBehind,
  OTHER,
  TIMINGS,
} from '../../support/http/downloads.ts';
import { content, serve, status } from '../../support/http/http-server.ts';

describe('several sources', () => {
  test('the next is asked when one is down, and each is named when all are', async () => {
    const [bad, good] = [await serve(status(404)), await serve(content(BYTES))];
    expect(await download(testHost(), [`${bad.url}/x`, `${good.url}/x`])).toBe('right');
    const dead = 'http://127.0.0.1:1/x';
    const error: unknown = await download(testHost(), [dead, `${bad.url}/x`]).catch(
      (it: unknown) => it,
    );
    expect(error).toMatchObject({
      code: 'network',
      message: 'cannot fetch thing.apk',
      details: [
        expect.stringMatching(/^http:\/\/127.0.0.1:1\/x: .*ECONNREFUSED/),
        `${bad.url}/x: HTTP 404`,
      ],
    });
  });

  test('wrong content of one is told, and the right one of another taken', async () => {
    const host = testHost();
    const [bad, good] = [await serve(content(OTHER)), await serve(content(BYTES))];
    expect(await download(host, [`${bad.url}/x`, `${good.url}/x`])).toBe('right');
    expect(host.events).toMatchObject([
      { type: 'note', level: 'warning', text: expect.stringContaining(bad.url) as string },
    ]);
  });

  test('one that made trouble is asked last the next time', async () => {
    const [bad, good] = [await serve(status(500)), await serve(content(BYTES))];
    const downloader = new Downloader(testHost(), { offline: false, timings: TIMINGS });
    const sources = [`${bad.url}/x`, `${good.url}/x`];
    const request = { what: 'x', sources, size: BYTES.length, accept };
    await downloader.fetch({ ...request, key: 'a' });
    await downloader.fetch({ ...request, key: 'b' });
    await downloader.close();
    expect([bad.requests.length, good.requests.length]).toEqual([1, 2]);
  });

  test('folders serve as well, by path or file URL', async () => {
    const host = testHost();
    const file = path.join(host.folder, 'thing');
    writeFileSync(file, BYTES);
    expect(await download(host, [`${file}-missing`, file], { offline: true })).toBe('right');
    expect(await download(host, [`file://${file}`], { offline: true })).toBe('right');
  });
});

test('--offline asks no server', async () => {
  const server = await serve(content(BYTES));
  await expect(download(testHost(), [server.url], { offline: true })).rejects.toMatchObject({
    code: 'offline',
  });
  expect(server.requests).toEqual([]);
});

test('an interrupt ends it and keeps what was received', async () => {
  const host = testHost();
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': BYTES.length });
    response.write(BYTES.subarray(0, 50_000));
  });
  const running = download(host, [`${server.url}/x`], {
    onProgress: (bytes) => {
      if (bytes === 50_000) setTimeout(host.abort, 20);
    },
  });
  await expect(running).rejects.toMatchObject({ code: 'interrupted' });
  expect(leftBehind(host)).toEqual(['k']);
});

test('two at once for the same file do not disturb each other', async () => {
  const host = testHost();
  const { url } = await serve(content(BYTES));
  const both = Array.from({ length: 5 }, () => download(host, [`${url}/x`]));
  expect(await Promise.all(both)).toEqual(Array.from({ length: 5 }, () => 'right'));
  expect(leftBehind(host)).toEqual([]);
});

test('plain http goes through the proxy of the environment, except to no_proxy hosts', async () => {
  const proxy = await serve(content(BYTES));
  const env = { http_proxy: proxy.url };
  expect(await download(testHost({ env }), ['http://mirror.invalid/x'])).toBe('right');
  expect(proxy.requests).toEqual(['http://mirror.invalid/x']);
  const direct = await serve(content(BYTES));
  const host = testHost({ env: { ...env, no_proxy: '127.0.0.1' } });
  expect(await download(host, [`${direct.url}/x`])).toBe('right');
  expect(proxy.requests).toHaveLength(1);
});
