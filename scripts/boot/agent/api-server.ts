import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { ApiServerMode } from '../lan/protocol.ts';
import { answerRequest, answerUpgrade } from './api-answers.ts';
import type { ResponseBehaviour } from './api-answers.ts';
import type { Identity } from './certificate.ts';

export interface ApiServerAddress {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** First byte of a TLS connection: the record type of a handshake (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16;

/**
 * A stand-in for a Kubernetes API server with TLS, which says what `api-answers.ts` has. On the same port it speaks
 * HTTP without TLS, for clients that ask so often that handshakes would cost a processor. Its mode can change while
 * it runs.
 */
export class ApiServer {
  readonly #about: ApiServerAddress;
  readonly #setPresence: (present: boolean) => Promise<void>;
  readonly #https: https.Server;
  readonly #http: http.Server;
  readonly #sockets = new Set<net.Socket>();
  #listener: net.Server | undefined;
  #mode: ApiServerMode = 'stopped';

  /** @param setPresence takes the server's address off the segment, and puts it back */
  constructor(
    about: ApiServerAddress,
    identity: Identity,
    setPresence: (present: boolean) => Promise<void>,
  ) {
    this.#about = about;
    this.#setPresence = setPresence;
    this.#https = https.createServer({ key: identity.key, cert: identity.certificate });
    this.#http = http.createServer();
    for (const server of [this.#https, this.#http]) {
      server.on('request', (request, response) => {
        this.#afterDelay(() => answerRequest(this.#behaviour, request, response));
      });
      server.on('upgrade', (request, socket) => {
        socket.on('error', () => undefined);
        this.#afterDelay(() => answerUpgrade(this.#behaviour, request, socket));
      });
    }
    // Clients that give up in the middle of a handshake are part of the exercise.
    this.#https.on('tlsClientError', () => undefined);
  }

  /**
   * Connections of a mode that ends are reset, as by a process that was killed. Not so when the power goes: the
   * address is off by then, and the resets get nowhere.
   */
  async setMode(mode: ApiServerMode): Promise<void> {
    if (mode === 'silent') await this.#setPresence(false);
    if (kindOf(mode) !== kindOf(this.#mode)) this.#resetAll();
    this.#mode = mode;
    if (mode === 'stopped') await this.#stopListening();
    else await this.#listen();
    if (mode !== 'silent') await this.#setPresence(true);
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

  get #behaviour(): ResponseBehaviour {
    const mode = this.#mode;
    const bad = typeof mode === 'object' && 'readyzStatus' in mode;
    return { name: this.#about.name, healthStatus: bad ? mode.readyzStatus : 200 };
  }

  #afterDelay(answer: () => void): void {
    const mode = this.#mode;
    if (typeof mode === 'object' && 'delayMs' in mode) setTimeout(answer, mode.delayMs);
    else answer();
  }
}

/** Modes of one kind differ in what is answered: connections outlive the change. */
function kindOf(mode: ApiServerMode): string {
  return typeof mode === 'string' && mode !== 'serving' ? mode : 'answers';
}
