import https from 'node:https';
import type { ClientIdentity } from '../client.ts';
import { reasonOf, sourceFor } from '../client.ts';

/** Where a request of the Kubernetes API is sent. */
export interface ApiTarget {
  readonly address: string;
  readonly port: number;
  readonly timeoutMs: number;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

/** A client of the Kubernetes API with a bearer token: every request has a connection of its own and checks the certificate. */
export class ApiClient {
  readonly #identity: ClientIdentity;
  readonly #token: string;

  constructor(identity: ClientIdentity, token: string) {
    this.#identity = identity;
    this.#token = token;
  }

  /** What a connection to this target needs, credentials included. */
  connection({ address, port }: ApiTarget) {
    const localAddress = sourceFor(this.#identity, address);
    return {
      ...{ host: address, port, ca: this.#identity.authority },
      ...(localAddress !== undefined && { localAddress }),
    };
  }

  get authorization(): string {
    return `Bearer ${this.#token}`;
  }

  async get(to: ApiTarget, path: string): Promise<ApiAnswer> {
    return await this.#send(to, 'GET', path);
  }

  async post(to: ApiTarget, path: string, body: unknown): Promise<ApiAnswer> {
    return await this.#send(to, 'POST', path, body);
  }

  async put(to: ApiTarget, path: string, body: unknown): Promise<ApiAnswer> {
    return await this.#send(to, 'PUT', path, body);
  }

  /** Rejects with the reason in its message: `ECONNRESET`, `no answer within 10000 ms`. */
  #send(to: ApiTarget, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = https.request({
        ...this.connection(to),
        ...{ method, path, agent: false },
        headers: {
          authorization: this.authorization,
          accept: 'application/json',
          ...(text !== undefined && { 'content-type': 'application/json' }),
        },
      });
      const deadline = setTimeout(() => {
        reject(new Error(`no answer within ${to.timeoutMs} ms`));
        request.destroy();
      }, to.timeoutMs);
      const fail = (error: Error): void => {
        clearTimeout(deadline);
        reject(new Error(reasonOf(error)));
      };
      request.on('error', fail);
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        response.on('error', fail);
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          clearTimeout(deadline);
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() });
        });
      });
      request.end(text);
    });
  }
}
