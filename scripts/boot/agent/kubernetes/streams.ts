import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { EventLog } from './events.ts';
import type { StreamPart } from './kept-stream.ts';
import { WebSocketReader } from './web-socket.ts';

const LINE_MS = 200;

/** What a watch asks for and what it has seen. */
export interface WatchPart {
  readonly part: StreamPart;
  readonly log: EventLog;
}

/** A watch as client-go does it: JSON lines in an answer that does not end, from the last resource version on. */
export function watchPart(collection: string, resourceVersion: string): WatchPart {
  const log = new EventLog(resourceVersion);
  let unread = '';
  return {
    log,
    part: {
      ...{ name: 'watch', method: 'GET', headers: { accept: 'application/json' }, status: 200 },
      path: () => {
        unread = '';
        return watchPath(collection, log);
      },
      take: (bytes) => {
        const lines = (unread + bytes.toString('utf8')).split('\n');
        unread = lines.pop() ?? '';
        return takeAll(log, lines);
      },
    },
  };
}

/** The same watch over a WebSocket: an upgraded connection, one event a message. */
export function webSocketWatchPart(collection: string, resourceVersion: string): WatchPart {
  const log = new EventLog(resourceVersion);
  let reader = new WebSocketReader();
  return {
    log,
    part: {
      ...{ name: 'watch (WebSocket)', method: 'GET', status: 101 },
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        // The API server refuses a handshake without an origin, and takes any.
        origin: 'https://prover.invalid',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
      },
      path: () => {
        reader = new WebSocketReader();
        return watchPath(collection, log);
      },
      take: (bytes) => {
        const received = takeAll(log, reader.read(bytes));
        if (reader.closed) throw new Error('the server closed the WebSocket');
        return received;
      },
    },
  };
}

/**
 * `kubectl exec` of `cat`, as far as a proxy sees it: an upgrade to SPDY, then bytes in both directions. The API server
 * hands them to the stand-in kubelet, which sends every line back.
 */
export function execPart(pod: string): {
  readonly part: StreamPart;
  readonly garbled: () => number;
} {
  let sent = 0;
  let expected = 0;
  let unread = '';
  let garbled = 0;
  return {
    garbled: () => garbled,
    part: {
      ...{ name: 'exec (SPDY)', method: 'POST', status: 101 },
      headers: {
        connection: 'Upgrade',
        upgrade: 'SPDY/3.1',
        'x-stream-protocol-version': 'v4.channel.k8s.io',
      },
      path: () => `${pod}/exec?command=cat&stdin=true&stdout=true`,
      begin: (connection: Duplex) => {
        sent = 0;
        expected = 0;
        unread = '';
        const typing = setInterval(() => connection.write(`${lineOf(sent++)}\n`), LINE_MS);
        return () => clearInterval(typing);
      },
      take: (bytes) => {
        const lines = (unread + bytes.toString('utf8')).split('\n');
        unread = lines.pop() ?? '';
        for (const line of lines) if (line !== lineOf(expected++)) garbled += 1;
        return lines.length;
      },
    },
  };
}

function lineOf(number: number): string {
  return `line ${number}`;
}

function watchPath(collection: string, { resourceVersion }: EventLog): string {
  return `${collection}?watch=true&resourceVersion=${resourceVersion}`;
}

/** Counts the events; a watch that is told that its version is too old has lost some, and goes on from the beginning. */
function takeAll(log: EventLog, lines: readonly string[]): number {
  const before = log.received;
  for (const line of lines) {
    const refusal = log.take(line);
    if (refusal !== undefined) throw new Error(refusal);
  }
  return log.received - before;
}
