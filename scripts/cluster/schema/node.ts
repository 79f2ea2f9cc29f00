import { z } from 'zod';
import { BondFile, MacAddress, RouteFile } from './link.ts';
import { Cidr, Hostname, InterfaceName, IpAddress, oneOrMany } from './scalars.ts';

const Mtu = z.int().min(68).max(65535);
const VlanId = z.int().min(1).max(4094);
const DomainName = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, 'expected a domain name');

const addressing = {
  address: oneOrMany(Cidr)
    .optional()
    .describe('Static address with its prefix length, or a list of them (IPv4 and IPv6).'),
  dhcp: z.boolean().optional().describe('Take the IPv4 address from DHCP. Default: false.'),
  gateway: oneOrMany(IpAddress)
    .optional()
    .describe('Default gateway, or one IPv4 and one IPv6 gateway. Default: none.'),
  mtu: Mtu.optional().describe("MTU in bytes. Default: the kernel's."),
  vlan: VlanId.optional().describe(
    'VLAN id (802.1Q): eth0 with vlan 20 becomes eth0.20. Default: none.',
  ),
  bond: BondFile.optional().describe(
    'Makes the interface a bond of network cards; with vlan, the VLAN is on top of it. Default: none.',
  ),
  routes: z.array(RouteFile).optional().describe('Static routes by this interface. Default: none.'),
};

/** What differs from node to node. */
const own = {
  ...addressing,
  mac: MacAddress.optional().describe(
    'MAC address of the network card that gets the name of this interface. Default: the card that the kernel calls so.',
  ),
};

const resolver = {
  dns: oneOrMany(IpAddress).optional().describe('DNS servers. Default: none.'),
  search: oneOrMany(DomainName).optional().describe('DNS search domains. Default: none.'),
};

/** Values that nodes share; a node's own value wins. */
export const NetworkFile = z.strictObject({
  interface: InterfaceName.optional().describe(
    'Interface of the nodes. Default: eth0, or bond0 for a bond.',
  ),
  dhcp: addressing.dhcp,
  gateway: addressing.gateway,
  mtu: addressing.mtu,
  vlan: addressing.vlan,
  bond: addressing.bond,
  routes: addressing.routes,
  ...resolver,
});
export type NetworkFile = z.infer<typeof NetworkFile>;

export const InterfaceFile = z.strictObject({
  name: InterfaceName.describe('Name of the interface, without a VLAN suffix: eth1.'),
  ...own,
});
export type InterfaceFile = z.infer<typeof InterfaceFile>;

export const NodeFile = z.strictObject({
  hostname: Hostname.describe('Host name; also names the ISO.'),
  role: z
    .enum(['MASTER', 'BACKUP'])
    .optional()
    .describe(
      'VRRP state at start. Default: the first node is MASTER, the others BACKUP; with nopreempt or preempt_delay all are BACKUP.',
    ),
  priority: z
    .int()
    .optional()
    .describe(
      'VRRP priority, 1 to 254; the highest holds the VIP. Default: 101 for the MASTER, then 100, 99 ...',
    ),
  interface: InterfaceName.optional().describe(
    'Interface of the address below. Default: eth0, or bond0 for a bond.',
  ),
  ...own,
  ...resolver,
  interfaces: z
    .array(InterfaceFile)
    .optional()
    .describe('Further interfaces, each with a name and its addresses. Default: none.'),
});
export type NodeFile = z.infer<typeof NodeFile>;
