import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Response headers that tell the client's side who answered, and from where it was reached. */
export const ANSWERED_BY = 'x-answered-by';
export const REACHED_FROM = 'x-reached-from';

const WATCH_EVENT_MS = 1000;

/** What a fake API server says, whatever it was reached by. */
export interface ResponseBehaviour {
  readonly name: string;
  readonly healthStatus: number;
}

/** One kind of object is served; kubectl asks for these documents before it lists any. */
const DISCOVERY: Readonly<Record<string, unknown>> = {
  '/version': { major: '1', minor: '32', gitVersion: 'v1.32.0-fake', platform: 'linux/amd64' },
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [
      {
        name: 'namespaces',
        singularName: 'namespace',
        namespaced: false,
        kind: 'Namespace',
        verbs: ['list', 'watch'],
      },
    ],
  },
};
/** Ages that clients show are of no matter here. */
const CREATED = '2000-01-01T00:00:00Z';

/** `/readyz`, `/livez`, `/healthz`, the documents of discovery, and a list and a watch of namespaces. */
export function answerRequest(
  behaviour: ResponseBehaviour,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.setHeader(ANSWERED_BY, behaviour.name);
  response.setHeader(REACHED_FROM, callerOf(request));
  const url = new URL(request.url ?? '/', 'https://api.invalid');
  switch (url.pathname) {
    case '/readyz':
    case '/livez':
    case '/healthz':
      answerHealth(response, behaviour.healthStatus);
      break;
    case '/api/v1/namespaces':
      if (url.searchParams.has('watch')) streamEvents(response, behaviour.name);
      else answerJson(response, 200, namespaceList(behaviour.name));
      break;
    default:
      answerDocument(response, DISCOVERY[url.pathname]);
  }
}

/** An upgraded connection, as `kubectl exec` asks for: here every byte that is sent comes back. */
export function answerUpgrade(
  behaviour: ResponseBehaviour,
  request: IncomingMessage,
  connection: Duplex,
): void {
  const head = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    `Upgrade: ${request.headers.upgrade ?? ''}`,
    `${ANSWERED_BY}: ${behaviour.name}`,
    `${REACHED_FROM}: ${callerOf(request)}`,
  ];
  connection.write(`${head.join('\r\n')}\r\n\r\n`);
  connection.pipe(connection);
}

function answerHealth(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 200 ? 'ok' : 'no');
}

function answerDocument(response: ServerResponse, document: unknown): void {
  if (document !== undefined) answerJson(response, 200, document);
  else answerJson(response, 404, { kind: 'Status', apiVersion: 'v1', code: 404 });
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The only namespace has the server's name, so that lists and watches tell who answered. */
function namespaceOf(name: string, version: number): unknown {
  const metadata = { name, resourceVersion: String(version), creationTimestamp: CREATED };
  return { kind: 'Namespace', apiVersion: 'v1', metadata, status: { phase: 'Active' } };
}

function namespaceList(name: string): unknown {
  const metadata = { resourceVersion: '1' };
  return { kind: 'NamespaceList', apiVersion: 'v1', metadata, items: [namespaceOf(name, 1)] };
}

/** A watch as the Kubernetes API does it: one JSON event a line, in an answer that does not end. */
function streamEvents(response: ServerResponse, name: string): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  let version = 1;
  const tell = (): void => {
    const event = { type: 'MODIFIED', object: namespaceOf(name, ++version) };
    response.write(`${JSON.stringify(event)}\n`);
  };
  tell();
  const timer = setInterval(tell, WATCH_EVENT_MS);
  response.on('close', () => clearInterval(timer));
}

/** IPv4 addresses arrive in mapped form on a dual-stack socket. */
function callerOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}
