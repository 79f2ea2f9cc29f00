import ipaddr from 'ipaddr.js';
import type { ClusterModel, InterfaceModel, NodeModel } from '../../cluster/model.ts';
import { hostAddresses, vipsOf } from '../../cluster/node-addresses.ts';
import { hostOf, inNetwork, parseAddress } from '../../cluster/values/address.ts';
import type { Address } from '../../cluster/values/address.ts';
import { mainInterface, memberOf } from '../../cluster/vrrp-groups.ts';
import { VipisoError } from '../../core/errors.ts';
import { backendAddresses, planApiServers, planNames, planNameServers } from './backends.ts';
import type { ApiServerPlan, NamePlan } from './backends.ts';

/** Who is on the LAN beside the nodes, so that a cluster finds the addresses that its file speaks of. */
export interface LanPlan {
  readonly mtu: number;
  /** VLAN of the interface that carries the VIPs; clients and API servers are in it. */
  readonly vlan: number | undefined;
  /** Where the test clients sit: one free address per family of the nodes' networks, in CIDR notation. */
  readonly clients: readonly string[];
  /** What reaches the nodes' interfaces for management, in CIDR notation. */
  readonly managers: readonly string[];
  readonly gateways: readonly string[];
  readonly apiServers: readonly ApiServerPlan[];
  /** Where the name server listens; nowhere while no backend is given by name. */
  readonly nameServers: readonly { readonly address: string; readonly port: number }[];
  /** What it knows, in lower case. */
  readonly names: readonly NamePlan[];
  /** Every address and port at which clients expect the API, the first service's first. */
  readonly frontends: readonly Frontend[];
}

export interface Frontend {
  readonly service: string;
  /** Name of the VRRP group that has the address. */
  readonly group: string;
  readonly address: string;
  readonly port: number;
}

const DEFAULT_MTU = 1500;
/** How far down from the top of a network a free address is looked for. */
const CANDIDATES = 256n;

/** @throws VipisoError cluster-invalid for what cannot be put on an emulated LAN */
export function planLan(cluster: ClusterModel): LanPlan {
  const networks = vrrpNetworks(cluster);
  const vips = vipsOf(cluster);
  const gateways = cluster.nodes
    .flatMap(({ interfaces }) => interfaces)
    .flatMap(({ gateway4, gateway6 }) => [gateway4, gateway6])
    .filter((gateway) => gateway !== undefined)
    .map(hostOf);
  const nameServers = planNameServers(cluster);
  const taken = new Set([
    ...vips,
    ...gateways,
    ...backendAddresses(cluster),
    ...nameServers.map(({ address }) => address),
    ...cluster.nodes.flatMap(hostAddresses),
  ]);
  const clients = networks.map((network) => freeAddress(network, taken));
  for (const client of clients) taken.add(hostOf(client));
  const names = planNames(cluster, () => {
    const free = hostOf(freeAddress(networks[0], taken));
    taken.add(free);
    return free;
  });
  const managed = managementNetworks(cluster).filter(
    (network) => !networks.some((other) => inNetwork(network, other)),
  );
  return {
    vlan: carriersOf(cluster)[0]?.vlan?.id,
    mtu: Math.max(DEFAULT_MTU, ...cluster.nodes.flatMap(mtusOf)),
    clients,
    managers: managed.map((network) => freeAddress(network, taken)),
    gateways: [...new Set(gateways)],
    apiServers: planApiServers(cluster, names),
    nameServers,
    names,
    frontends: cluster.services.flatMap(({ name: service, port, groups }) =>
      cluster.vrrp.groups
        .filter(({ name }) => groups.length === 0 || groups.includes(name))
        .flatMap(({ name: group }) =>
          vipsOf(cluster, [group]).map((address) => ({ service, group, address, port })),
        ),
    ),
  };
}

function mtusOf(node: ClusterModel['nodes'][number]): readonly number[] {
  return node.interfaces.map(({ mtu }) => mtu).filter((mtu) => mtu !== undefined);
}

/** The interfaces of the first node that carry VIPs, that of the first group first; the others' are alike. */
function carriersOf({ nodes, vrrp }: ClusterModel): readonly InterfaceModel[] {
  const [node] = nodes;
  if (node === undefined) return [];
  const names = new Set(vrrp.groups.map((group) => memberOf(group, node).interface));
  return [...names].flatMap((wanted) => node.interfaces.find(({ name }) => name === wanted) ?? []);
}

/** The networks of the interfaces that carry the VIPs: one per family and interface. */
function vrrpNetworks(cluster: ClusterModel): readonly [Address, ...Address[]] {
  const [node] = cluster.nodes;
  const carriers = carriersOf(cluster);
  if (new Set(carriers.map(({ vlan }) => vlan?.id)).size > 1) {
    throw new VipisoError('cluster-invalid', 'the VRRP groups are in different VLANs', {
      hint: 'The emulated LAN is one segment, its clients are in one VLAN: put the groups into one to boot them here.',
    });
  }
  const perFamily = carriers.flatMap(({ addresses }) => {
    const networks = addresses.map(parseAddress).filter((it) => it !== undefined);
    return [4, 6].flatMap((family) => networks.find((it) => it.family === family) ?? []);
  });
  const [first, ...others] = perFamily;
  if (first === undefined) {
    throw new VipisoError(
      'cluster-invalid',
      `${node?.hostname ?? 'the first node'} has no static address on the interface that carries the VIP`,
      {
        hint: 'The emulated LAN has no DHCP server: give the nodes static addresses to boot them here.',
      },
    );
  }
  return [first, ...others];
}

/** Whether an interface of a node is on the LAN: in the VLAN of the one that carries the VIPs. */
export function isOnLan(cluster: ClusterModel, node: NodeModel, name: string): boolean {
  const vlanOf = (wanted: string) => node.interfaces.find((it) => it.name === wanted)?.vlan?.id;
  return vlanOf(name) === vlanOf(mainInterface(cluster, node));
}

function managementNetworks(cluster: ClusterModel): readonly Address[] {
  const [node] = cluster.nodes;
  const name = node?.managementInterface;
  if (node === undefined || name === undefined || !isOnLan(cluster, node, name)) return [];
  const found = node.interfaces.find((it) => it.name === name);
  return (found?.addresses ?? []).map(parseAddress).filter((it) => it !== undefined);
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
