import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { VipisoError } from '../../core/errors.ts';
import { errnoOf, ioError, isErrno } from '../fs/errno.ts';
import type { Host } from '../host.ts';
import { httpGet } from './http-get.ts';
import type { HttpAnswer, HttpTimings } from './http-get.ts';
import type { PartialFile } from './partial-file.ts';
import type { SourceAddress } from './source-address.ts';
import type { Throttle } from './throttle.ts';
import { TransferFailure } from './transfer-failure.ts';

/** One attempt at one source. */
export interface Transfer {
  readonly host: Host;
  /** Gives the connections for sources on the network. */
  readonly connect: () => Promise<Dispatcher>;
  /** Waits until so many bytes from the network may be taken. */
  readonly throttle: Throttle;
  readonly timings: HttpTimings;
  readonly source: SourceAddress;
  readonly partial: PartialFile;
  /** Exact size in bytes, where known. */
  readonly size: number | undefined;
  /** Where the size is not known: more than this is refused. */
  readonly maxBytes: number;
  /** Bytes that are there, counted from the start of the file. */
  readonly onProgress: (bytes: number) => void;
}

/**
 * Brings `partial` to its full length from one source; continues where an earlier attempt stopped if the
 * source can.
 *
 * @returns whether bytes of an earlier attempt are part of the result
 * @throws TransferFailure for what another attempt or source may heal; VipisoError for what they cannot
 *   (interrupted, disk-full, permission)
 */
export async function transfer(attempt: Transfer): Promise<{ readonly resumed: boolean }> {
  try {
    return attempt.source.kind === 'file'
      ? await copy(attempt, attempt.source.path)
      : await download(attempt, attempt.source.url);
  } catch (error) {
    throw explain(error, attempt);
  }
}

async function copy(attempt: Transfer, path: string): Promise<{ resumed: boolean }> {
  const { size, maxBytes, partial } = attempt;
  const found = await stat(path);
  // Opening a named pipe would wait for a writer.
  if (!found.isFile()) throw wrongContent('is not a regular file');
  if (found.size !== (size ?? found.size)) throw wrongLength(found.size, size ?? 0);
  if (found.size > maxBytes) throw wrongContent(`is larger than ${maxBytes} bytes`);
  await partial.reset();
  await receive(attempt, { body: createReadStream(path), length: found.size, isFramed: true }, 0);
  return { resumed: false };
}

async function download(attempt: Transfer, url: URL): Promise<{ resumed: boolean }> {
  const { partial, connect, timings, host } = attempt;
  const dispatcher = await connect();
  const offset = await partial.size();
  const resume = offset > 0 ? { offset, validator: await partial.validator() } : undefined;
  const answer = await get();
  if (!answer.partial) await partial.reset();
  await partial.setValidator(answer.validator);
  const start = answer.partial ? offset : 0;
  await receive(attempt, answer, start);
  return { resumed: answer.partial };

  async function get(): Promise<HttpAnswer> {
    try {
      return await httpGet({ dispatcher, url, timings, signal: host.signal, resume });
    } catch (error) {
      // The server refused the range as such: the next attempt asks for the whole.
      if (error instanceof TransferFailure && error.kind === 'refused' && error.again) {
        await partial.reset();
      }
      throw error;
    }
  }
}

async function receive(
  attempt: Transfer,
  { body, length, isFramed }: Pick<HttpAnswer, 'body' | 'length' | 'isFramed'>,
  start: number,
): Promise<void> {
  const { size, partial, host } = attempt;
  if (size !== undefined && length !== undefined && start + length !== size) {
    body.destroy();
    throw wrongLength(start + length, size);
  }
  await append(attempt, addAbortSignal(host.signal, body), start);
  const total = await partial.size();
  const expected = size ?? (length === undefined ? total : start + length);
  if (total === expected) return;
  // Its end was told, not just reached: these are all bytes that this source has.
  if (isFramed) {
    await partial.reset();
    throw wrongLength(total, expected);
  }
  throw new TransferFailure('network', `ended after ${total} of ${expected} bytes`, {
    again: true,
  });
}

/** Writes piece by piece: when the body breaks, what came before is on the disk for the next attempt. */
async function append(attempt: Transfer, body: Readable, start: number): Promise<void> {
  const meter = meterOf(attempt, start);
  const file = await open(attempt.partial.file, start > 0 ? 'a' : 'w');
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      const total = meter(chunk.length);
      await file.writeFile(chunk);
      attempt.onProgress(total);
      if (attempt.source.kind === 'http') await attempt.throttle(chunk.length);
    }
  } finally {
    await file.close();
  }
}

function wrongLength(found: number, expected: number): TransferFailure {
  return wrongContent(`has ${found} bytes where ${expected} were expected`);
}

function wrongContent(message: string): TransferFailure {
  return new TransferFailure('wrong-content', message, { again: false });
}

/**
 * Counts the bytes of pieces.
 * @returns the sum; throws TransferFailure when it is too large, or grows too slowly
 */
function meterOf(
  { host, timings, size, maxBytes }: Transfer,
  start: number,
): (bytes: number) => number {
  const limit = size ?? maxBytes;
  let total = start;
  let windowStart = host.now();
  let windowBytes = 0;
  return (bytes) => {
    total += bytes;
    windowBytes += bytes;
    if (total > limit) {
      throw wrongContent(`is larger than ${limit} bytes`);
    }
    const elapsed = host.now() - windowStart;
    if (elapsed < timings.slowAfterMs) return total;
    const rate = (windowBytes * 1000) / elapsed;
    if (rate < timings.minBytesPerSecond) {
      const message = `sends only ${Math.round(rate)} bytes per second`;
      throw new TransferFailure('timeout', message, { again: true });
    }
    windowStart += elapsed;
    windowBytes = 0;
    return total;
  };
}

const DISK_ERRORS = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE'];
/** Codes of undici's errors: of connecting, the answer's head, and its body. */
const TIMEOUT_ERRORS = [
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
];
const CERTIFICATE_ERROR = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|^ERR_SSL/;

function explain(error: unknown, { host, source, partial, size }: Transfer): Error {
  if (host.signal.aborted) {
    return new VipisoError('interrupted', 'the download was interrupted', { cause: error });
  }
  if (error instanceof TransferFailure || error instanceof VipisoError) return error;
  if (source.kind === 'file') return explainFile(error, source.path, partial.file, size);
  if (isErrno(error, ...DISK_ERRORS)) return ioError(error, 'write a download', partial.file, size);
  return explainNetwork(error);
}

function explainFile(
  error: unknown,
  source: string,
  target: string,
  size: number | undefined,
): Error {
  if (isErrno(error, 'ENOENT', 'ENOTDIR')) {
    return new TransferFailure('not-found', 'there is no such file', {
      again: false,
      cause: error,
    });
  }
  const writing = isErrno(error, 'ENOSPC', 'EDQUOT', 'EROFS');
  return ioError(error, writing ? 'write the cache' : 'read', writing ? target : source, size);
}

function explainNetwork(error: unknown): Error {
  const name = errnoOf(error) ?? '';
  const message = error instanceof Error ? error.message : String(error);
  if (TIMEOUT_ERRORS.includes(name)) {
    return new TransferFailure('timeout', `no answer in time (${message})`, {
      again: true,
      cause: error,
    });
  }
  if (CERTIFICATE_ERROR.test(name)) {
    const why = `its TLS certificate is not accepted: ${message} (${name})`;
    return new TransferFailure('certificate', why, { again: false, cause: error });
  }
  const final = name === 'ENOTFOUND';
  // What is not a known network error may be a mistake of ours: it must not be retried into silence.
  if (error instanceof TypeError && name === '') return error;
  return new TransferFailure('network', message, { again: !final, cause: error });
}
