import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { BackendCheckModel, ClusterModel, StatsModel } from '../../cluster/model.ts';

/** How the API is asked, by the check of the cluster file's first service. */
export interface ProbeWay {
  readonly port: number;
  /** Absent: a TCP connection is all that is asked for. */
  readonly page?: {
    readonly tls: boolean;
    readonly path: string;
    readonly expect: readonly (number | string)[];
  };
}

/** Why an address does not answer; undefined where it does. */
export type Answer = string | undefined;

export function probeWayOf({ services }: Pick<ClusterModel, 'services'>): ProbeWay | undefined {
  const [service] = services;
  if (service === undefined) return undefined;
  const page = pageOf(service.check);
  return { port: service.port, ...(page !== undefined && { page }) };
}

function pageOf(check: BackendCheckModel): ProbeWay['page'] {
  if (check.type !== 'http' && check.type !== 'https') return undefined;
  return { tls: check.type === 'https', path: check.path, expect: check.expect };
}

/** One question on a connection of its own. Certificates are not judged: whether it answers is what is asked. */
export async function probe(address: string, way: ProbeWay, timeoutMs: number): Promise<Answer> {
  const { page, port } = way;
  if (page === undefined) return await connects(address, port, timeoutMs);
  const status = await statusOf({ host: address, port, path: page.path, tls: page.tls }, timeoutMs);
  if (typeof status !== 'number') return status.failed;
  return page.expect.some((it) => fits(status, it)) ? undefined : `status ${status}`;
}

function connects(host: string, port: number, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const settle = (answer: Answer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => settle(`no answer within ${timeoutMs} ms`));
    socket.on('connect', () => settle(undefined));
    socket.on('error', (error) => settle(reasonOf(error)));
  });
}

interface Page {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly tls: boolean;
  readonly auth?: string;
}

function statusOf(
  page: Page,
  timeoutMs: number,
  onBody?: (text: string) => void,
): Promise<number | { readonly failed: string }> {
  return new Promise((resolve) => {
    const { tls, ...where } = page;
    const options = { ...where, agent: false, rejectUnauthorized: false };
    const request = tls ? https.get(options) : http.get(options);
    const deadline = setTimeout(
      () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const settle = (result: number | { readonly failed: string }): void => {
      clearTimeout(deadline);
      resolve(result);
    };
    request.on('error', (error) => settle({ failed: reasonOf(error) }));
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('error', (error) => settle({ failed: reasonOf(error) }));
      response.on('end', () => {
        onBody?.(text);
        settle(response.statusCode ?? 0);
      });
    });
  });
}

/** How many servers a node's haproxy takes as up, by its statistics (CSV); undefined where they cannot be read. */
export async function serversUp(
  host: string,
  { port, auth }: StatsModel,
  timeoutMs: number,
): Promise<{ readonly up: number; readonly all: number } | undefined> {
  let text = '';
  const login = auth === undefined ? {} : { auth: `${auth.user}:${auth.password.reveal()}` };
  const status = await statusOf(
    { host, port, path: '/;csv', tls: false, ...login },
    timeoutMs,
    (body) => (text = body),
  );
  if (status !== 200) return undefined;
  return countServers(text);
}

/** HAProxy's management guide, 9.1: a header line that begins with `# `, then one line for each proxy and server. */
export function countServers(
  csv: string,
): { readonly up: number; readonly all: number } | undefined {
  const [header = '', ...lines] = csv.split('\n');
  const columns = header.replace(/^# /, '').split(',');
  const [name, status] = [columns.indexOf('svname'), columns.indexOf('status')];
  if (name < 0 || status < 0) return undefined;
  const servers = lines
    .map((line) => line.split(','))
    .filter((cells) => cells.length > status && !/^(FRONTEND|BACKEND)$/.test(cells[name] ?? ''));
  const up = servers.filter((cells) => /^(UP|no check)/.test(cells[status] ?? ''));
  return { up: up.length, all: servers.length };
}

function fits(status: number, expected: number | string): boolean {
  if (typeof expected === 'number') return status === expected;
  const [low, high = low] = expected.split('-').map(Number);
  return low !== undefined && high !== undefined && status >= low && status <= high;
}

function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
