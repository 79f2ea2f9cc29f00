import ipaddr from 'ipaddr.js';
import { hostOf, inNetwork, parseAddress } from '../../cluster/address.ts';
import type { Address } from '../../cluster/address.ts';
import type { ClusterModel, InterfaceModel } from '../../cluster/model.ts';
import { mainInterface, vipCidrs } from '../../cluster/vrrp-groups.ts';
import { VipisoError } from '../../core/errors.ts';

/** Who is on the LAN beside the nodes, so that a cluster finds the addresses that its file speaks of. */
export interface LanPlan {
  readonly mtu: number;
  /** VLAN of the interface that carries the VIPs; clients and API servers are in it. */
  readonly vlan: number | undefined;
  /** Where the test clients sit: one free address per family of the nodes' networks, in CIDR notation. */
  readonly clients: readonly string[];
  readonly gateways: readonly string[];
  readonly apiServers: readonly ApiServerPlan[];
  /** Every address and port at which clients expect the API, the first service's first. */
  readonly entrances: readonly Entrance[];
}

export interface ApiServerPlan {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

export interface Entrance {
  readonly service: string;
  readonly address: string;
  readonly port: number;
}

const DEFAULT_MTU = 1500;
/** How far down from the top of a network a free address is looked for. */
const CANDIDATES = 256n;

/** @throws VipisoError cluster-invalid for what cannot be put on an emulated LAN */
export function planLan(cluster: ClusterModel): LanPlan {
  const networks = vrrpNetworks(cluster);
  const vips = vipCidrs(cluster).map(hostOf);
  const gateways = cluster.nodes
    .flatMap(({ interfaces }) => interfaces)
    .flatMap(({ gateway4, gateway6 }) => [gateway4, gateway6])
    .filter((gateway) => gateway !== undefined)
    .map(hostOf);
  const apiServers = planApiServers(cluster);
  const taken = new Set([
    ...vips,
    ...gateways,
    ...apiServers.map(({ address }) => address),
    ...cluster.nodes.flatMap((node) =>
      node.interfaces.flatMap(({ addresses }) => addresses.map(hostOf)),
    ),
  ]);
  return {
    vlan: carrierOf(cluster)?.vlan?.id,
    mtu: Math.max(DEFAULT_MTU, ...cluster.nodes.flatMap(mtusOf)),
    clients: networks.map((network) => freeAddress(network, taken)),
    gateways: [...new Set(gateways)],
    apiServers,
    entrances: cluster.services.flatMap(({ name, port }) =>
      vips.map((address) => ({ service: name, address, port })),
    ),
  };
}

function mtusOf(node: ClusterModel['nodes'][number]): readonly number[] {
  return node.interfaces.map(({ mtu }) => mtu).filter((mtu) => mtu !== undefined);
}

/** The interface of the first node that carries the VIPs; the others' are alike. */
function carrierOf(cluster: ClusterModel): InterfaceModel | undefined {
  const [node] = cluster.nodes;
  if (node === undefined) return undefined;
  const carrier = mainInterface(cluster, node);
  return node.interfaces.find(({ name }) => name === carrier);
}

/** The networks of the interface that carries the VIPs: one per family. */
function vrrpNetworks(cluster: ClusterModel): readonly Address[] {
  const [node] = cluster.nodes;
  const networks = (carrierOf(cluster)?.addresses ?? [])
    .map(parseAddress)
    .filter((it) => it !== undefined);
  const perFamily = [4, 6].flatMap((family) => networks.find((it) => it.family === family) ?? []);
  if (perFamily.length === 0) {
    throw new VipisoError(
      'cluster-invalid',
      `${node?.hostname ?? 'the first node'} has no static address on the interface that carries the VIP`,
      {
        hint: 'The emulated LAN has no DHCP server: give the nodes static addresses to boot them here.',
      },
    );
  }
  return perFamily;
}

function planApiServers(cluster: ClusterModel): readonly ApiServerPlan[] {
  const plans = new Map<string, ApiServerPlan>();
  for (const { backends } of cluster.services) {
    for (const { name, address, port } of backends) {
      const parsed = parseAddress(address);
      if (parsed === undefined) {
        throw new VipisoError('cluster-invalid', `backend ${name} is a host name: ${address}`, {
          hint: 'The emulated LAN has no DNS server: give the backends by address to boot the nodes here.',
        });
      }
      const taken = [...plans.values()].some((plan) => plan.name === name && plan.port !== port);
      const plan = { name: taken ? `${name}:${port}` : name, address: parsed.host, port };
      plans.set(`${parsed.host} ${port}`, plan);
    }
  }
  return [...plans.values()];
}

/** The highest address of a network that nobody in the cluster file has. */
function freeAddress(network: Address, taken: ReadonlySet<string>): string {
  const prefix = network.prefix ?? 0;
  const bytes = ipaddr.parse(network.host).toByteArray();
  const bits = BigInt(bytes.length * 8);
  const hostMask = (1n << (bits - BigInt(prefix))) - 1n;
  const base = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) & ~hostMask;
  for (let down = 1n; down < hostMask && down <= CANDIDATES; down++) {
    const candidate = textOf(base + hostMask - down, bytes.length);
    const parsed = parseAddress(candidate);
    if (!taken.has(candidate) && parsed !== undefined && inNetwork(parsed, network))
      return `${candidate}/${prefix}`;
  }
  throw new VipisoError(
    'cluster-invalid',
    `no address is free in ${network.host}/${prefix} for the test client`,
  );
}

function textOf(address: bigint, length: number): string {
  const bytes = Array.from({ length }, (_, i) =>
    Number((address >> BigInt(8 * (length - 1 - i))) & 0xffn),
  );
  return ipaddr.fromByteArray(bytes).toString();
}
