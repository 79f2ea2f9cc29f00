import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../host.ts';

/** Waits until `bytes` more may count as received; called behind each piece. */
export type Throttle = (bytes: number) => Promise<void>;

/** One limit for all transfers that share it: each piece books its time behind those before it. */
export function throttle(
  host: Pick<Host, 'now' | 'signal'>,
  bytesPerSecond: number | undefined,
): Throttle {
  if (bytesPerSecond === undefined) return () => Promise.resolve();
  let free = host.now();
  return async (bytes) => {
    free = Math.max(free, host.now()) + (bytes * 1000) / bytesPerSecond;
    await sleep(Math.max(0, free - host.now()), undefined, { signal: host.signal });
  };
}
