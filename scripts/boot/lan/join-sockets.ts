import type net from 'node:net';
import { pipeline } from 'node:stream';

/** Makes two connections one: what comes in at either goes out at the other, its end as well. */
export function joinSockets(one: net.Socket, other: net.Socket): void {
  const whateverHappens = (): void => undefined;
  pipeline(one, other, whateverHappens);
  pipeline(other, one, whateverHappens);
}
