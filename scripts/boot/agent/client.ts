import http from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Outcome, Target } from '../lan/protocol.ts';
import { ANSWERED_BY, REACHED_FROM } from './api-answers.ts';

/** Where the client's own requests come from, and whom it trusts. */
export interface ClientIdentity {
  /** Addresses of ours that are not an API server's, at most one of each family. */
  readonly sources: readonly string[];
  /** The certificate (PEM) that the API servers must show. */
  readonly authority: string;
}

/**
 * One `GET /readyz` on a connection of its own; with TLS the certificate is checked against the address. It
 * resolves in any case; a request that is not answered within the target's time has failed.
 */
export async function requestOnce(
  clientIdentity: ClientIdentity,
  target: Target,
): Promise<Outcome> {
  const at = Date.now();
  const began = performance.now();
  const result = await send(clientIdentity, target);
  return { at, latencyMs: performance.now() - began, result };
}

function send(clientIdentity: ClientIdentity, target: Target): Promise<Outcome['result']> {
  return new Promise((resolve) => {
    const where = {
      host: target.address,
      port: target.port,
      path: '/readyz',
      agent: false,
      localAddress: sourceFor(clientIdentity, target.address),
    };
    const request =
      target.scheme === 'https'
        ? https.get({ ...where, ca: clientIdentity.authority })
        : http.get(where);
    const deadline = setTimeout(() => {
      resolve({ kind: 'failed', reason: `no answer within ${target.timeoutMs} ms` });
      request.destroy();
    }, target.timeoutMs);
    const settle = (result: Outcome['result']): void => {
      clearTimeout(deadline);
      resolve(result);
    };
    request.on('error', (error) => settle({ kind: 'failed', reason: reasonOf(error) }));
    request.on('response', (response) => {
      response.on('error', (error) => settle({ kind: 'failed', reason: reasonOf(error) }));
      response.on('end', () => settle(answered(response.statusCode ?? 0, response.headers)));
      response.resume();
    });
  });
}

/** The address of ours that speaks to `target`: of the same family. */
export function sourceFor(clientIdentity: ClientIdentity, target: string): string | undefined {
  return clientIdentity.sources.find((source) => source.includes(':') === target.includes(':'));
}

function answered(status: number, headers: IncomingHttpHeaders): Outcome['result'] {
  const value = (name: string): string => String(headers[name] ?? '');
  return { kind: 'answered', status, server: value(ANSWERED_BY), via: value(REACHED_FROM) };
}

export function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

/** A client that asks at a fixed pace: a slow answer does not delay the next question. */
export class Poller {
  readonly #pending = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #seen: Outcome[] = [];

  constructor(clientIdentity: ClientIdentity, target: Target, everyMs: number) {
    this.#timer = setInterval(() => {
      this.#ask(clientIdentity, target);
    }, everyMs);
  }

  #ask(clientIdentity: ClientIdentity, target: Target): void {
    const asked = requestOnce(clientIdentity, target).then((outcome) => {
      this.#seen.push(outcome);
      this.#pending.delete(asked);
    });
    this.#pending.add(asked);
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }

  /** Outcomes since the last call, in the order in which they were asked. */
  take(): Outcome[] {
    const seen = this.#seen.sort((a, b) => a.at - b.at);
    this.#seen = [];
    return seen;
  }
}
