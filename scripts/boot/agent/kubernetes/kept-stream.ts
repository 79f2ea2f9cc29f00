import https from 'node:https';
import type { ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import type { StreamFigures } from '../../lan/control-plane-protocol.ts';
import type { ApiClient, ApiTarget } from './api-client.ts';

const OPEN_AGAIN_MS = 200;
const LOOK_EVERY_MS = 500;
/** Something comes several times a second: a connection that is silent for so long is dead. */
const DEAD_MS = 6000;

/** What is asked for, and what becomes of the bytes. */
export interface StreamPart {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: () => string;
  readonly headers: Readonly<Record<string, string>>;
  /** The status with which the stream begins: 200, or 101 for an upgraded connection. */
  readonly status: 200 | 101;
  /** A connection is there. @returns what ends with it, where something does */
  readonly begin?: (connection: Duplex) => () => void;
  /** @returns how much was received, in events or lines; throws where the stream cannot go on */
  readonly take: (bytes: Buffer) => number;
}

/** A connection that a client keeps, and opens again whenever it ends. */
export class KeptStream {
  readonly #client: ApiClient;
  readonly #to: ApiTarget;
  readonly #part: StreamPart;
  #request: ClientRequest | undefined;
  #connection: Duplex | undefined;
  #open = false;
  #isStopped = false;
  #heardAt = Date.now();
  #figures = { received: 0, cuts: 0, refused: 0 };
  readonly #watchdog: NodeJS.Timeout;

  constructor(client: ApiClient, to: ApiTarget, part: StreamPart) {
    this.#client = client;
    this.#to = to;
    this.#part = part;
    this.#watchdog = setInterval(() => {
      if (Date.now() - this.#heardAt > DEAD_MS) this.#end();
    }, LOOK_EVERY_MS);
    this.#begin();
  }

  take(): StreamFigures {
    const figures = { name: this.#part.name, ...this.#figures };
    this.#figures = { received: 0, cuts: 0, refused: 0 };
    return figures;
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#watchdog);
    this.#end();
  }

  #begin(): void {
    this.#heardAt = Date.now();
    const { method, headers, status } = this.#part;
    const request = https.request({
      ...this.#client.connection(this.#to),
      ...{ method, path: this.#part.path(), agent: false },
      headers: { authorization: this.#client.authorization, ...headers },
    });
    this.#request = request;
    let over = false;
    const finish = (): void => {
      if (over) return;
      over = true;
      this.#finish();
    };
    request.on('error', finish);
    request.on('upgrade', (response, connection, head) => {
      if (status === 101 && response.statusCode === 101) {
        this.#hold(connection, finish);
        if (head.length > 0) this.#hear(head);
      } else {
        connection.destroy();
        finish();
      }
    });
    request.on('response', (response) => {
      if (response.statusCode !== status) {
        response.resume();
        response.on('close', finish);
        return;
      }
      this.#open = true;
      response.on('data', (bytes: Buffer) => this.#hear(bytes));
      response.on('error', finish);
      response.on('close', finish);
    });
    request.end();
  }

  #hold(connection: Duplex, finish: () => void): void {
    this.#open = true;
    this.#connection = connection;
    const end = this.#part.begin?.(connection);
    connection.on('data', (bytes: Buffer) => this.#hear(bytes));
    connection.on('error', () => undefined);
    connection.on('close', () => {
      end?.();
      finish();
    });
  }

  #hear(bytes: Buffer): void {
    this.#heardAt = Date.now();
    try {
      this.#figures.received += this.#part.take(bytes);
    } catch {
      this.#end();
    }
  }

  #end(): void {
    this.#connection?.destroy();
    this.#request?.destroy();
  }

  #finish(): void {
    this.#connection = undefined;
    if (this.#isStopped) return;
    if (this.#open) this.#figures.cuts += 1;
    else this.#figures.refused += 1;
    this.#open = false;
    this.#heardAt = Date.now();
    setTimeout(() => {
      if (!this.#isStopped) this.#begin();
    }, OPEN_AGAIN_MS);
  }
}
