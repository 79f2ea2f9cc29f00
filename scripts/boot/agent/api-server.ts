import { once } from 'node:events';
import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { ApiServerMode } from '../lan/protocol.ts';
import type { Identity } from './certificate.ts';

export interface ApiServerAddress {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** Response headers that tell the client's side who answered, and from where it was reached. */
export const ANSWERED_BY = 'x-answered-by';
export const REACHED_FROM = 'x-reached-from';

const WATCH_EVENT_MS = 1000;
/** First byte of a TLS connection: the record type of a handshake (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16;

/**
 * A stand-in for a Kubernetes API server: TLS, `/readyz`, `/livez`, `/healthz`, `/version`, and a watch of
 * namespaces that says something every second until the client goes. On the same port it speaks HTTP without TLS, for
 * clients that ask so often that handshakes would cost a processor. Its mode can change while it runs.
 */
export class ApiServer {
  readonly #about: ApiServerAddress;
  readonly #https: https.Server;
  readonly #http: http.Server;
  readonly #sockets = new Set<net.Socket>();
  #listener: net.Server | undefined;
  #mode: ApiServerMode = 'stopped';

  constructor(about: ApiServerAddress, identity: Identity) {
    this.#about = about;
    const answer: http.RequestListener = (request, response) => {
      this.#answer(request, response);
    };
    this.#https = https.createServer({ key: identity.key, cert: identity.certificate }, answer);
    this.#http = http.createServer(answer);
    // Clients that give up in the middle of a handshake are part of the exercise.
    this.#https.on('tlsClientError', () => undefined);
  }

  /** Connections of a mode that ends are reset, as by a process that was killed. */
  async setMode(mode: ApiServerMode): Promise<void> {
    const accepted = (it: ApiServerMode): string =>
      typeof it === 'string' && it !== 'serving' ? it : 'answers';
    if (accepted(mode) !== accepted(this.#mode)) this.#resetAll();
    this.#mode = mode;
    if (mode === 'stopped') await this.#stopListening();
    else await this.#listen();
  }

  async #listen(): Promise<void> {
    if (this.#listener !== undefined) return;
    const listener = net.createServer((socket) => {
      this.#accept(socket);
    });
    this.#listener = listener;
    listener.listen(this.#about.port, this.#about.address);
    await once(listener, 'listening');
  }

  async #stopListening(): Promise<void> {
    const listener = this.#listener;
    if (listener === undefined) return;
    this.#listener = undefined;
    listener.close();
    await once(listener, 'close');
  }

  #accept(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    if (this.#mode === 'hung') return;
    // Looking by `read` leaves the socket paused: what was put back waits for the server that is meant.
    socket.once('readable', () => {
      const first: unknown = socket.read();
      if (!Buffer.isBuffer(first)) return;
      socket.unshift(first);
      const server = first[0] === TLS_HANDSHAKE ? this.#https : this.#http;
      server.emit('connection', socket);
    });
  }

  #resetAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader(ANSWERED_BY, this.#about.name);
    response.setHeader(REACHED_FROM, plainAddress(request.socket.remoteAddress ?? ''));
    const url = new URL(request.url ?? '/', 'https://api.invalid');
    switch (url.pathname) {
      case '/readyz':
      case '/livez':
      case '/healthz':
        this.#answerHealth(response);
        break;
      case '/version':
        answerJson(response, 200, { major: '1', minor: '0', gitVersion: 'v1.0.0-fake' });
        break;
      case '/api/v1/namespaces':
        if (url.searchParams.has('watch')) streamEvents(response);
        else answerJson(response, 200, { kind: 'NamespaceList', apiVersion: 'v1', items: [] });
        break;
      default:
        answerJson(response, 404, { kind: 'Status', apiVersion: 'v1', code: 404 });
    }
  }

  #answerHealth(response: ServerResponse): void {
    const status = typeof this.#mode === 'string' ? 200 : this.#mode.readyzStatus;
    response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 200 ? 'ok' : 'no');
  }
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A watch as the Kubernetes API does it: one JSON event a line, in an answer that does not end. */
function streamEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  let sequence = 0;
  const tell = (): void => {
    const metadata = { resourceVersion: String(sequence++) };
    const object = { kind: 'Namespace', apiVersion: 'v1', metadata };
    response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  };
  tell();
  const timer = setInterval(tell, WATCH_EVENT_MS);
  response.on('close', () => clearInterval(timer));
}

/** IPv4 addresses arrive in mapped form on a dual-stack socket. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, '');
}
