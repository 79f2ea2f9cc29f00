import type { ClusterModel } from '../../cluster/model.ts';
import { portsOf } from './haproxy.ts';

/** Where the check script asks haproxy about itself. */
export interface Probe {
  readonly address: string;
  readonly port: number;
}

const LOOPBACK = '127.0.0.1';
/** Beside the usual 8404 of the statistics page. */
const FIRST_PORT = 8405;

/**
 * The listener of `probe: port`: an HAProxy command line (`stats socket`) of its own on the loopback, with no rights but to
 * read figures. HAProxy counts its connections against no frontend and not against the process's `maxconn`, so that
 * one that is full still answers; an answer means that the process accepts and its event loop turns. It stands for all
 * listeners, because HAProxy does not start unless it can bind each of them. An address of the LAN would not do: the
 * VIP may be on the other node, whose haproxy would answer for ours.
 */
export function probeOf(cluster: ClusterModel): Probe | undefined {
  if (cluster.vrrp.check.probe === 'process') return undefined;
  const taken = new Set([...cluster.services.flatMap(portsOf), cluster.stats?.port]);
  let port = FIRST_PORT;
  while (taken.has(port)) port += 1;
  return { address: LOOPBACK, port };
}
