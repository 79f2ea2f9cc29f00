import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Response headers that tell the client's side who answered, and from where it was reached. */
export const ANSWERED_BY = 'x-answered-by';
export const REACHED_FROM = 'x-reached-from';

const WATCH_EVENT_MS = 1000;

/** What a fake API server says, whatever it was reached by. */
export interface Voice {
  readonly name: string;
  readonly healthStatus: number;
}

/** `/readyz`, `/livez`, `/healthz`, `/version`, and a list and a watch of namespaces. */
export function answerRequest(
  voice: Voice,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.setHeader(ANSWERED_BY, voice.name);
  response.setHeader(REACHED_FROM, callerOf(request));
  const url = new URL(request.url ?? '/', 'https://api.invalid');
  switch (url.pathname) {
    case '/readyz':
    case '/livez':
    case '/healthz':
      answerHealth(response, voice.healthStatus);
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

/** An upgraded connection, as `kubectl exec` asks for: here every byte that is sent comes back. */
export function answerUpgrade(voice: Voice, request: IncomingMessage, connection: Duplex): void {
  const head = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    `Upgrade: ${request.headers.upgrade ?? ''}`,
    `${ANSWERED_BY}: ${voice.name}`,
    `${REACHED_FROM}: ${callerOf(request)}`,
  ];
  connection.write(`${head.join('\r\n')}\r\n\r\n`);
  connection.pipe(connection);
}

function answerHealth(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 200 ? 'ok' : 'no');
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
function callerOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}
