import net from 'node:net';
import tls from 'node:tls';
import { joinHostPort } from '../../cluster/values/address.ts';
import { isErrno } from '../../host/fs/errno.ts';
import type { StreamKind, StreamRecord, Target } from '../lan/protocol.ts';
import { ANSWERED_BY, REACHED_FROM } from './api-answers.ts';
import { reasonOf, sourceFor } from './client.ts';
import type { ClientIdentity } from './client.ts';

const EXEC_LINE_MS = 200;
const END_OF_HEAD = '\r\n\r\n';
const ASKS: Readonly<Record<StreamKind, { readonly head: string; readonly status: number }>> = {
  watch: { head: 'GET /api/v1/namespaces?watch=1 HTTP/1.1', status: 200 },
  exec: {
    head: 'POST /api/v1/namespaces/default/pods/echo/exec HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: echo',
    status: 101,
  },
};

type Ending = NonNullable<StreamRecord['ended']>;

/**
 * A client with one connection that it keeps: whatever happens to the connection is written down, nothing throws.
 * It reads HTTP by itself, because the difference between an orderly end and a reset is what is asked for here.
 */
export class LongStream {
  /** Resolves when the stream was answered or has ended. */
  readonly settled: Promise<void>;
  readonly #kind: StreamKind;
  readonly #socket: net.Socket;
  readonly #openedAt = Date.now();
  readonly #opening: NodeJS.Timeout;
  #settle: () => void = () => undefined;
  #typing: NodeJS.Timeout | undefined;
  #answer: { readonly server: string; readonly via: string; readonly at: number } | undefined;
  #unread = '';
  #events = 0;
  #lastEventAt = this.#openedAt;
  #longestSilenceMs = 0;
  #ended: Ending | undefined;

  constructor(clientIdentity: ClientIdentity, kind: StreamKind, target: Target) {
    this.#kind = kind;
    this.settled = new Promise((resolve) => (this.#settle = resolve));
    this.#socket = connect(clientIdentity, target, () => {
      this.#socket.write(
        `${ASKS[kind].head}\r\nHost: ${joinHostPort(target.address, target.port)}${END_OF_HEAD}`,
      );
    });
    this.#opening = setTimeout(() => {
      this.#finish('timeout', `no answer within ${target.timeoutMs} ms`);
    }, target.timeoutMs);
    this.#socket.setNoDelay(true);
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => this.#hear(text));
    this.#socket.on('end', () => this.#finish('closed', 'the peer closed the connection'));
    this.#socket.on('error', (error) => this.#finish(howOf(error), reasonOf(error)));
    this.#socket.on('close', () => this.#finish('closed', 'the connection is closed'));
  }

  record(): StreamRecord {
    return {
      kind: this.#kind,
      openedAt: this.#openedAt,
      server: this.#answer?.server ?? '',
      via: this.#answer?.via ?? '',
      events: this.#events,
      lastEventAt: this.#lastEventAt,
      longestSilenceMs: Math.max(this.#longestSilenceMs, this.#silenceUntil(this.#ended?.at)),
      ...(this.#ended === undefined ? {} : { ended: this.#ended }),
    };
  }

  /** The client goes, in an orderly way. */
  end(): void {
    this.#finish('closed', 'the client closed the connection');
  }

  #hear(text: string): void {
    this.#unread += text;
    if (this.#answer === undefined) this.#readHead();
    if (this.#answer !== undefined) this.#readLines();
  }

  #readHead(): void {
    const end = this.#unread.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const [first = '', ...fields] = this.#unread.slice(0, end).split('\r\n');
    this.#unread = this.#unread.slice(end + END_OF_HEAD.length);
    const status = Number(first.split(' ')[1]);
    if (status !== ASKS[this.#kind].status) {
      this.#finish('failed', `answered ${status}`);
      return;
    }
    const value = (name: string): string =>
      fields.find((field) => field.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1) ??
      '';
    const [server, via] = [value(ANSWERED_BY).trim(), value(REACHED_FROM).trim()];
    this.#answer = { server, via, at: Date.now() };
    clearTimeout(this.#opening);
    if (this.#kind === 'exec') this.#startTyping();
    this.#settle();
  }

  #startTyping(): void {
    let line = 0;
    this.#typing = setInterval(() => this.#socket.write(`{"line":${line++}}\n`), EXEC_LINE_MS);
  }

  /** Both kinds say one JSON object a line; the lines of HTTP's chunks begin otherwise. */
  #readLines(): void {
    const lines = this.#unread.split('\n');
    this.#unread = lines.pop() ?? '';
    const events = lines.filter((line) => line.startsWith('{')).length;
    if (events === 0) return;
    const now = Date.now();
    this.#longestSilenceMs = Math.max(this.#longestSilenceMs, this.#silenceUntil(now));
    this.#events += events;
    this.#lastEventAt = now;
  }

  #silenceUntil(now = Date.now()): number {
    if (this.#answer === undefined) return 0;
    return now - Math.max(this.#answer.at, this.#lastEventAt);
  }

  #finish(how: Ending['how'], reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = { at: Date.now(), how, reason };
    clearTimeout(this.#opening);
    clearInterval(this.#typing);
    this.#socket.destroy();
    this.#settle();
  }
}

/** @param ready called when bytes can be sent: with TLS after the certificate was found good */
function connect(clientIdentity: ClientIdentity, target: Target, ready: () => void): net.Socket {
  const localAddress = sourceFor(clientIdentity, target.address);
  const where = {
    host: target.address,
    port: target.port,
    ...(localAddress === undefined ? {} : { localAddress }),
  };
  return target.scheme === 'https'
    ? tls.connect({ ...where, ca: clientIdentity.authority }, ready)
    : net.connect(where, ready);
}

function howOf(error: Error): Ending['how'] {
  if (isErrno(error, 'ECONNRESET', 'EPIPE')) return 'reset';
  return isErrno(error, 'ETIMEDOUT') ? 'timeout' : 'failed';
}
