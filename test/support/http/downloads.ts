import { existsSync, readFileSync, readdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { sha256 } from '../../../scripts/core/digest.ts';
import { VipisoError } from '../../../scripts/core/errors.ts';
import { Downloader } from '../../../scripts/host/download/download.ts';
import type { DownloadRequest, DownloadTimings } from '../../../scripts/host/download/download.ts';
import { testHost } from '../host/test-host.ts';
import type { TestHost } from '../host/test-host.ts';
import { serve } from './http-server.ts';

export const BYTES = Buffer.from(
  Array.from({ length: 20_000 }, (_, index) => `${index}\n`).join(''),
);
export const OTHER = Buffer.from(BYTES).fill(0, 0, 100);

export const TIMINGS = {
  connectMs: 1000,
  idleMs: 400,
  slowAfterMs: 300,
  minBytesPerSecond: 5000,
  pausesMs: [5, 10, 20],
  longestPauseMs: 50,
  retryForMs: 60_000,
};

/** Takes only the right bytes, as a digest would. */
export async function accept(file: string): Promise<string> {
  const bytes = readFileSync(file);
  if (sha256(bytes) === sha256(BYTES)) return await Promise.resolve('right');
  throw new VipisoError('digest-mismatch', 'other bytes than expected');
}

export async function download(
  host: TestHost,
  sources: readonly string[],
  more: Partial<DownloadRequest<string>> & { offline?: boolean; timings?: DownloadTimings } = {},
): Promise<string> {
  const { offline = false, timings = TIMINGS, ...request } = more;
  const downloader = new Downloader(host, { offline, timings });
  try {
    const what = 'thing.apk';
    return await downloader.fetch({
      what,
      sources,
      key: 'k',
      size: BYTES.length,
      accept,
      ...request,
    });
  } finally {
    await downloader.close();
  }
}

export async function downloadFrom(listener: RequestListener, host = testHost()): Promise<string> {
  return await download(host, [`${(await serve(listener)).url}/thing.apk`]);
}

export function leftBehind(host: TestHost): string[] {
  const folder = path.join(host.cacheFolder, 'partial');
  return existsSync(folder) ? readdirSync(folder) : [];
}
