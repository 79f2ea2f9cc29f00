import type { BackendModel, ClusterModel } from '../../cluster/model.ts';
import { hostAddresses, vipsOf } from '../../cluster/node-addresses.ts';
import { hostOf, parseAddress } from '../../cluster/values/address.ts';
import { parseHostPort } from '../../cluster/values/host-port.ts';
import { VipisoError } from '../../core/errors.ts';

export interface ApiServerPlan {
  readonly name: string;
  /** As the cluster file has it: an address, or the name that leads to `address`. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

export interface NamePlan {
  readonly name: string;
  readonly addresses: readonly string[];
}

interface NameServerPlan {
  readonly address: string;
  readonly port: number;
}

const DNS_PORT = 53;
/** A name may have places for more API servers than a proof needs. */
const MOST_ADDRESSES = 3;

/** Addresses that backends are given by. */
export function backendAddresses(cluster: ClusterModel): readonly string[] {
  return backendsOf(cluster).flatMap(({ address }) => parseAddress(address)?.host ?? []);
}

/** The names that backends are given by, with addresses of their own. @param free the next one that nobody has */
export function planNames(cluster: ClusterModel, free: () => string): readonly NamePlan[] {
  const places = new Map<string, number>();
  for (const { address, count = 1 } of backendsOf(cluster)) {
    if (parseAddress(address) !== undefined) continue;
    const name = canonicalName(address);
    places.set(name, Math.max(places.get(name) ?? 1, Math.min(count, MOST_ADDRESSES)));
  }
  return [...places].map(([name, length]) => ({ name, addresses: Array.from({ length }, free) }));
}

/** One for each address and port; the first that has a name keeps it. */
export function planApiServers(
  cluster: ClusterModel,
  names: readonly NamePlan[],
): readonly ApiServerPlan[] {
  const plans = new Map<string, ApiServerPlan>();
  for (const { name, address: host, port, count = 1 } of backendsOf(cluster)) {
    const known = names.find((it) => it.name === canonicalName(host))?.addresses;
    for (const [index, address] of (known?.slice(0, count) ?? [hostOf(host)]).entries()) {
      const wanted = count > 1 ? `${name}-${index + 1}` : name;
      const taken = [...plans.values()].some((it) => it.name === wanted && it.port !== port);
      const plan = { name: taken ? `${wanted}:${port}` : wanted, host, address, port };
      plans.set(`${address} ${port}`, plan);
    }
  }
  return [...plans.values()];
}

/**
 * Where the nodes ask for the names of their backends.
 *
 * @throws VipisoError cluster-invalid where that is on the nodes themselves
 */
export function planNameServers(cluster: ClusterModel): readonly NameServerPlan[] {
  const [named] = backendsOf(cluster).filter(({ address }) => parseAddress(address) === undefined);
  if (named === undefined) return [];
  const { nameservers } = cluster.haproxy.resolvers;
  const asked =
    nameservers.length > 0
      ? nameservers.map((text) => parseHostPort(text))
      : cluster.nodes.flatMap(({ dns }) => dns).map((host) => ({ host, port: undefined }));
  const own = new Set([...vipsOf(cluster), ...cluster.nodes.flatMap(hostAddresses)]);
  const places = asked.flatMap((it): readonly NameServerPlan[] => {
    const address = it === undefined ? undefined : parseAddress(it.host)?.host;
    if (address === undefined || isLoopback(address) || own.has(address)) return [];
    return [{ address, port: it?.port ?? DNS_PORT }];
  });
  if (places.length > 0)
    return [...new Map(places.map((it) => [`${it.address} ${it.port}`, it])).values()];
  throw new VipisoError(
    'cluster-invalid',
    `backend ${named.name} is given by the name ${named.address}, and no name server of the LAN is asked for it`,
    {
      hint: 'Name one under network.dns or haproxy.resolvers.nameservers that is not a node itself.',
    },
  );
}

function backendsOf({ services }: ClusterModel): readonly BackendModel[] {
  return services.flatMap(({ backends }) => backends);
}

/** In lower case and without the dot that says "from the root". */
function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
