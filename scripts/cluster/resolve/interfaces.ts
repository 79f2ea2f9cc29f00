import ipaddr from 'ipaddr.js';
import type { BondModel, CardModel, InterfaceModel, RouteModel } from '../model.ts';
import type { BondFile, RouteFile } from '../schema/link.ts';
import type { InterfaceFile, NetworkFile, NodeFile } from '../schema/node.ts';
import { parseAddress } from '../values/address.ts';
import { listOf } from './lists.ts';

export const DEFAULT_INTERFACE = 'eth0';
const DEFAULT_BOND = 'bond0';
const DEFAULT_MIIMON = 100;

/** The node's own addressing is its first interface; without any, the first of `interfaces` takes that place. */
export function resolveInterfaces(node: NodeFile, network: NetworkFile): readonly InterfaceModel[] {
  const further = node.interfaces ?? [];
  const all = hasOwnInterface(node)
    ? [{ ...node, name: ownName(node, network) }, ...further]
    : further;
  const made = all.map((entry, index) => resolveInterface(entry, index === 0 ? network : {}));
  return made.map((entry) => ({ ...entry, ...linkOf(entry, made) }));
}

/** Whether the node's own keys describe its first interface. */
export function hasOwnInterface({ interfaces = [], ...own }: NodeFile): boolean {
  const written = [own.address, own.dhcp, own.bond, own.mac, own.routes];
  return interfaces.length === 0 || written.some((value) => value !== undefined);
}

function ownName(node: NodeFile, network: NetworkFile): string {
  const isBond = (node.bond ?? network.bond) !== undefined;
  return node.interface ?? network.interface ?? (isBond ? DEFAULT_BOND : DEFAULT_INTERFACE);
}

type Addressing = Omit<InterfaceFile, 'interfaces'>;

function resolveInterface(file: Addressing, network: NetworkFile): InterfaceModel {
  const addresses = listOf(file.address);
  const vlan = file.vlan ?? network.vlan;
  const gateways = listOf(file.gateway ?? network.gateway);
  const bond = file.bond ?? network.bond;
  return {
    name: vlan === undefined ? file.name : `${file.name}.${vlan}`,
    vlan: vlan === undefined ? undefined : { id: vlan, parent: file.name },
    mtu: file.mtu ?? network.mtu,
    addresses,
    dhcp: file.dhcp ?? (addresses.length === 0 && (network.dhcp ?? false)),
    gateway4: gateways.find((gateway) => parseAddress(gateway)?.family === 4),
    gateway6: gateways.find((gateway) => parseAddress(gateway)?.family === 6),
    routes: (file.routes ?? network.routes ?? []).map(resolveRoute),
    bond: bond === undefined ? undefined : resolveBond(bond),
    mac: canonicalMac(file.mac),
  };
}

/** Several VLANs on one bond or card: what one entry says of it holds for all. */
function linkOf(
  entry: InterfaceModel,
  all: readonly InterfaceModel[],
): Pick<InterfaceModel, 'bond' | 'mac'> {
  const link = entry.vlan?.parent ?? entry.name;
  const same = all.filter(({ name, vlan }) => (vlan?.parent ?? name) === link);
  return {
    bond: entry.bond ?? same.find(({ bond }) => bond !== undefined)?.bond,
    mac: entry.mac ?? same.find(({ mac }) => mac !== undefined)?.mac,
  };
}

function resolveRoute({ to, via, metric }: RouteFile): RouteModel {
  const anywhere = parseAddress(via)?.family === 6 ? '::/0' : '0.0.0.0/0';
  return { to: to === 'default' ? anywhere : canonicalCidr(to), via, metric };
}

function canonicalCidr(text: string): string {
  const [address, prefix] = ipaddr.parseCIDR(text);
  return `${address.toString()}/${prefix}`;
}

function resolveBond(file: BondFile): BondModel {
  return {
    mode: file.mode ?? 'active-backup',
    members: file.members.map(memberOf),
    miimon: file.miimon ?? DEFAULT_MIIMON,
    primary: file.primary,
    lacpRate: file.lacp_rate,
    xmitHashPolicy: file.xmit_hash_policy,
  };
}

export function memberOf(member: BondFile['members'][number]): CardModel {
  return typeof member === 'string'
    ? { name: member, mac: undefined }
    : { name: member.name, mac: canonicalMac(member.mac) };
}

/** Lower case, with colons, as the kernel shows it. */
export function canonicalMac(text: string | undefined): string | undefined {
  return text?.toLowerCase().replaceAll('-', ':');
}
