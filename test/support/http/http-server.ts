import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { Server } from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export interface TestServer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Path and Range of each request, in order: `/x bytes=10-`. */
  readonly requests: string[];
}

/** A server on 127.0.0.1 that answers as `listener` says, until the running test has finished. */
export async function serve(listener: RequestListener): Promise<TestServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push([request.url, request.headers.range ?? []].flat().join(' '));
    listener(request, response);
  });
  const url = await listen(server);
  onTestFinished(() => server.closeAllConnections());
  return { url, requests };
}

/** A server that sends these very bytes to whoever asks and closes the connection, as those of HTTP/1.0 do. */
export async function serveAndClose(answer: Buffer): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  return await listen(server);
}

/** Opens a port of 127.0.0.1 until the running test has finished. @returns its URL */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

/** Answers one request after the other by its own listener; the last one answers all the rest. */
export function inTurn(...listeners: readonly RequestListener[]): RequestListener {
  let count = 0;
  return (request, response) => {
    listeners[Math.min(count++, listeners.length - 1)]?.(request, response);
  };
}

export function status(code: number, headers: Record<string, string> = {}): RequestListener {
  return (_request, response) => void response.writeHead(code, headers).end('no');
}

/** Serves bytes with an ETag, ranges and If-Range, as file servers do. */
export function content(bytes: Buffer, etag = '"1"'): RequestListener {
  return (request, response) => {
    const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const wanted = request.headers['if-range'];
    if (from === undefined || (wanted !== undefined && wanted !== etag)) {
      response.writeHead(200, { etag, 'content-length': bytes.length }).end(bytes);
      return;
    }
    const rest = bytes.subarray(Number(from));
    response
      .writeHead(206, {
        etag,
        'content-length': rest.length,
        'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
      })
      .end(rest);
  };
}

/** Promises all of `bytes`, sends `count` of them and cuts the line. */
export function truncated(bytes: Buffer, count: number, etag = '"1"'): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { etag, 'content-length': bytes.length });
    response.write(bytes.subarray(0, count));
    // Long enough for the receiver to have read it: a reset may overtake what is still on its way.
    setTimeout(() => response.destroy(), 300);
  };
}

/** One byte every few milliseconds, without end. */
export function drip(bytes: Buffer, everyMs: number): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    let sent = 0;
    const timer = setInterval(() => response.write(bytes.subarray(sent, ++sent)), everyMs);
    response.on('close', () => clearInterval(timer));
  };
}

/** Serves the files of a folder. */
export function folder(root: string): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(path.join(root, decodeURIComponent(request.url ?? '/')));
    } catch {
      response.writeHead(404).end();
      return;
    }
    content(bytes)(request, response);
  };
}
