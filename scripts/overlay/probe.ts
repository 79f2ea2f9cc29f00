import type { ClusterModel } from '../cluster/model.ts';

/** The listener that the check script connects to, from the address that it connects to. */
export interface Probe {
  readonly service: string;
  readonly address: string;
  readonly port: number;
  /** Further bind lines that the service needs so that this address reaches it. */
  readonly extraBinds: readonly string[];
}

const LOOPBACK = '127.0.0.1';

/**
 * What the check looks at with `probe: port`: the first service, over the loopback. One listener stands for all,
 * because HAProxy does not start unless it can bind each of them. An address of the LAN would not do: the VIP
 * may be on the other node, whose haproxy would answer for ours.
 */
export function probeOf(cluster: ClusterModel): Probe | undefined {
  const [first] = cluster.services;
  if (cluster.vrrp.check.probe === 'process' || first === undefined) return undefined;
  const reached = first.binds.some((bind) => answersLoopback(bind, first.port));
  return {
    service: first.name,
    address: LOOPBACK,
    port: first.port,
    extraBinds: reached ? [] : [`${LOOPBACK}:${first.port}`],
  };
}

/** Wildcards of HAProxy's bind: an empty address or `*` is IPv4; `::` takes IPv4 as well with `v4v6`. */
function answersLoopback(bind: string, port: number): boolean {
  const [where = '', ...options] = bind.split(' ');
  const at = where.lastIndexOf(':');
  if (Number(where.slice(at + 1)) !== port) return false;
  const address = where.slice(0, at).replace(/^ipv[46]@|[[\]]/g, '');
  if (address === '::') return options.includes('v4v6');
  return ['', '*', '0.0.0.0', LOOPBACK].includes(address) && !where.startsWith('ipv6@');
}
