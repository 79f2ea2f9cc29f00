import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Identity } from '../certificate.ts';

/**
 * A stand-in for the kubelet of one node: it takes the upgrade of an exec and sends back every byte. What the API server
 * passes on to a real one goes the same way.
 *
 * @returns the port that it listens at
 */
export async function serveExecs(address: string, { key, certificate }: Identity): Promise<number> {
  const server = https.createServer({ key, cert: certificate });
  server.on('request', (_request, response) => response.writeHead(404).end());
  server.on('upgrade', (request, connection, head) => {
    connection.on('error', () => connection.destroy());
    connection.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Connection: Upgrade',
        `Upgrade: ${request.headers.upgrade ?? ''}`,
        'X-Stream-Protocol-Version: v4.channel.k8s.io',
        '\r\n',
      ].join('\r\n'),
    );
    if (head.length > 0) connection.write(head);
    connection.pipe(connection);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, address);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
