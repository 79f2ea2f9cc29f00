import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import { isErrno } from '../host/fs/errno.ts';
import { joinSockets } from './lan/join-sockets.ts';
import type { Lan } from './lan/lan.ts';

/** A port of this machine's loopback address that should lead to an address of the LAN. */
export interface RequestedForward {
  /** For people: what is there, and how to reach it at the port that it got. */
  readonly how: (port: number) => string;
  readonly port: number;
  /** Whether it must be this port; otherwise the next free one does. */
  readonly exact: boolean;
  readonly to: { readonly address: string; readonly port: number };
}

export interface Forward extends RequestedForward {
  readonly close: () => void;
}

const LOOPBACK = '127.0.0.1';
/** How far a free port is looked for. */
const CANDIDATES = 100;

/**
 * Opens the ports one after the other.
 *
 * @param folder absolute; holds the sockets by which connections enter the LAN's namespace
 * @throws VipisoError already-exists: a port that must be that one is taken; permission
 */
export async function openForwards(
  lan: Lan,
  folder: string,
  requests: readonly RequestedForward[],
): Promise<readonly Forward[]> {
  const open: Forward[] = [];
  try {
    for (const requested of requests) {
      const socket = path.join(folder, `forward-${open.length}.sock`);
      await lan.forward(socket, requested.to);
      open.push(await openForward(socket, requested));
    }
    return open;
  } catch (error) {
    for (const { close } of open) close();
    throw error;
  }
}

async function openForward(socket: string, requested: RequestedForward): Promise<Forward> {
  const callers = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (caller) => {
    callers.add(caller);
    caller.on('close', () => callers.delete(caller));
    joinSockets(caller, net.connect({ path: socket, allowHalfOpen: true }));
  });
  const port = await listenNear(server, requested);
  return {
    ...requested,
    port,
    close: () => {
      server.close();
      for (const caller of callers) caller.destroy();
    },
  };
}

/** @returns the port that was free */
async function listenNear(
  server: net.Server,
  { port: first, exact }: RequestedForward,
): Promise<number> {
  const last = exact ? first : Math.min(first + CANDIDATES, 65_535);
  for (let port = first; port <= last; port++) {
    try {
      server.listen(port, LOOPBACK);
      await once(server, 'listening');
      return port;
    } catch (error) {
      if (isErrno(error, 'EACCES')) throw notAllowed(port, error);
      if (!isErrno(error, 'EADDRINUSE')) throw error;
    }
  }
  const range = exact ? `port ${first}` : `no port from ${first} to ${last}`;
  throw new VipisoError(
    'already-exists',
    `${range} of ${LOOPBACK} ${exact ? 'is not' : 'is'} free`,
    {
      hint: 'Choose another: --forward HOSTPORT:PORT',
    },
  );
}

function notAllowed(port: number, cause: unknown): VipisoError {
  return new VipisoError(
    'permission',
    `this account is not allowed to open port ${port} of ${LOOPBACK}`,
    {
      hint: 'Choose one from 1024 up: --forward HOSTPORT:PORT',
      cause,
    },
  );
}
