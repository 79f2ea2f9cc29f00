import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { withoutCredentials } from './source-address.ts';
import { TransferFailure } from './transfer-failure.ts';

export interface HttpTimings {
  readonly connectMs: number;
  /** Longest wait for the head of the answer, redirects included, and longest silence within its body. */
  readonly idleMs: number;
  /** A body slower than `minBytesPerSecond` on average over this time is given up. */
  readonly slowAfterMs: number;
  readonly minBytesPerSecond: number;
}

export interface HttpAnswer {
  /** True when the server continues at the offset that was asked for. */
  readonly partial: boolean;
  /** Bytes that this body will have; undefined when the server does not say. */
  readonly length: number | undefined;
  /** Whether the body tells its end: one that does not also ends when the line is cut. */
  readonly isFramed: boolean;
  readonly validator: string | undefined;
  readonly body: Readable;
}

interface HttpGet {
  readonly dispatcher: Dispatcher;
  readonly url: URL;
  readonly timings: HttpTimings;
  readonly signal: AbortSignal;
  /** Continue an earlier transfer. */
  readonly resume?: { readonly offset: number; readonly validator: string | undefined } | undefined;
}

const MAX_REDIRECTS = 10;
/** What is read of a body that nobody wants. */
const DISCARD_BYTES = 64 * 1024;
const DISCARD_MS = 1000;

/**
 * GET with redirects followed by hand: a loop is named, https never turns into http, and credentials stay
 * with the host that they were written for.
 *
 * @throws TransferFailure
 */
export async function httpGet(get: HttpGet): Promise<HttpAnswer> {
  const { idleMs } = get.timings;
  const tooLate = new AbortController();
  const timer = setTimeout(() => tooLate.abort(), idleMs);
  try {
    const signal = AbortSignal.any([get.signal, tooLate.signal]);
    return await follow({ ...get, signal });
  } catch (error) {
    if (!tooLate.signal.aborted || get.signal.aborted) throw error;
    const message = `no answer in time (its head took more than ${idleMs / 1000} s)`;
    throw new TransferFailure('timeout', message, { again: true, cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function follow(get: HttpGet): Promise<HttpAnswer> {
  const trail: string[] = [];
  let url = get.url;
  let credentials = authorisation(url);
  for (;;) {
    trail.push(url.href);
    const answer = await ask(get, url, credentials);
    const location = redirectOf(answer);
    if (location === undefined) return await judge(answer, get);
    await discard(answer.body);
    const next = nextUrl(url, location, trail);
    if (next.origin !== url.origin) credentials = authorisation(next);
    url = next;
  }
}

/** Reads a small rest, so that the connection can be used again; drops the connection for more, or a slow one. */
async function discard(body: Dispatcher.ResponseData['body']): Promise<void> {
  const options = { limit: DISCARD_BYTES, signal: AbortSignal.timeout(DISCARD_MS) };
  await body.dump(options).catch(() => body.destroy());
}

function authorisation(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const plain = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(plain).toString('base64')}`;
}

async function ask(
  { dispatcher, timings, signal, resume }: HttpGet,
  url: URL,
  credentials: string | undefined,
): Promise<Dispatcher.ResponseData> {
  const target = new URL(url);
  target.username = '';
  target.password = '';
  const headers = {
    'user-agent': 'vipiso',
    accept: '*/*',
    // Lengths, ranges and digests are those of the file: no compression on the way.
    'accept-encoding': 'identity',
    ...(credentials !== undefined && { authorization: credentials }),
    ...(resume && { range: `bytes=${resume.offset}-` }),
    ...(resume?.validator !== undefined && { 'if-range': resume.validator }),
  };
  const { idleMs } = timings;
  const { default: undici } = await import('undici');
  const answer = await undici.request(target, {
    dispatcher,
    headers,
    signal,
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
  });
  // A body that is given up fails after the fact, and an error that nobody listens to would end the process.
  answer.body.on('error', () => undefined);
  return answer;
}

function redirectOf({ statusCode, headers }: Dispatcher.ResponseData): string | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  const location = headerOf(headers, 'location');
  if (location !== undefined) return location;
  throw new TransferFailure('refused', `HTTP ${statusCode} without a Location`, { again: false });
}

function nextUrl(from: URL, location: string, trail: readonly string[]): URL {
  if (!URL.canParse(location, from.href)) {
    throw new TransferFailure('refused', 'redirected to something that is not a URL', {
      again: false,
    });
  }
  const next = new URL(location, from);
  const shown = withoutCredentials(next.href);
  if (trail.includes(next.href)) {
    const loop = [...trail, next.href].map(withoutCredentials).join(' -> ');
    throw new TransferFailure('refused', `redirect loop: ${loop}`, { again: false });
  }
  if (trail.length > MAX_REDIRECTS) {
    throw new TransferFailure('refused', `more than ${MAX_REDIRECTS} redirects`, { again: false });
  }
  const downgrade = from.protocol === 'https:' && next.protocol !== 'https:';
  if (downgrade || !/^https?:$/.test(next.protocol)) {
    throw new TransferFailure('refused', `redirect from ${from.protocol}// to ${shown} refused`, {
      again: false,
    });
  }
  return next;
}

async function judge(answer: Dispatcher.ResponseData, get: HttpGet): Promise<HttpAnswer> {
  const { statusCode, headers, body } = answer;
  const failure = statusFailure(statusCode, headers) ?? bodyFailure(answer, get);
  if (failure !== undefined) {
    await discard(body);
    throw failure;
  }
  const length = headerOf(headers, 'content-length');
  return {
    partial: statusCode === 206,
    length: length === undefined ? undefined : Number(length),
    isFramed: length !== undefined || headerOf(headers, 'transfer-encoding') !== undefined,
    validator: validatorOf(headers),
    body,
  };
}

function statusFailure(
  status: number,
  headers: Dispatcher.ResponseData['headers'],
): TransferFailure | undefined {
  if (status === 200 || status === 206) return undefined;
  const message = `HTTP ${status}`;
  if (status === 404 || status === 410)
    return new TransferFailure('not-found', message, { again: false });
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfterMs = retryAfter(headers);
    return new TransferFailure('network', message, { again: true, retryAfterMs });
  }
  // 416: what we have is longer than what is there; the caller starts over.
  return new TransferFailure('refused', message, { again: status === 416 });
}

function bodyFailure(
  { statusCode, headers }: Dispatcher.ResponseData,
  { resume }: HttpGet,
): TransferFailure | undefined {
  const encoding = headerOf(headers, 'content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    return new TransferFailure('refused', `answered with ${encoding} encoding`, { again: false });
  }
  if (statusCode === 200) return undefined;
  const range = headerOf(headers, 'content-range') ?? '';
  if (resume !== undefined && range.startsWith(`bytes ${resume.offset}-`)) return undefined;
  return new TransferFailure('refused', `answered with the wrong part (${range})`, { again: true });
}

/** Only a strong validator may be used for ranges (RFC 9110, 13.1.5). */
function validatorOf(headers: Dispatcher.ResponseData['headers']): string | undefined {
  const tag = headerOf(headers, 'etag');
  return tag !== undefined && !tag.startsWith('W/') ? tag : headerOf(headers, 'last-modified');
}

/**
 * Milliseconds, from seconds or a date (RFC 9110, 10.2.3). A date counts from the server's own `Date`: this machine's
 * clock may be wrong.
 */
function retryAfter(headers: Dispatcher.ResponseData['headers']): number | undefined {
  const value = headerOf(headers, 'retry-after') ?? '';
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const wait = Date.parse(value) - Date.parse(headerOf(headers, 'date') ?? '');
  return Number.isNaN(wait) ? undefined : Math.max(wait, 0);
}

function headerOf(headers: Dispatcher.ResponseData['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
