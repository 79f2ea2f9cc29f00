import { once } from 'node:events';
import net from 'node:net';
import { joinSockets } from '../lan/join-sockets.ts';
import { sourceFor } from './client.ts';
import type { ClientIdentity } from './client.ts';

/**
 * A way into the namespace: sockets with a path are reached across network namespaces. Each connection to it becomes
 * one from the client to an address of the LAN.
 */
export async function forwardSocket(
  clientIdentity: ClientIdentity,
  file: string,
  to: { readonly address: string; readonly port: number },
): Promise<void> {
  const localAddress = sourceFor(clientIdentity, to.address);
  const server = net.createServer({ allowHalfOpen: true }, (caller) => {
    const way = net.connect({
      host: to.address,
      port: to.port,
      allowHalfOpen: true,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    joinSockets(caller, way);
  });
  server.listen(file);
  await once(server, 'listening');
}
