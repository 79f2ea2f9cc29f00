import { z } from 'zod';
import { Cidr, InterfaceName, IpAddress } from './scalars.ts';

/** An IEEE 802 address of one card: no group address (its lowest bit of the first byte) and not all zero. */
export const MacAddress = z
  .string()
  .regex(
    /^[0-9A-Fa-f][02468ACEace]([:-][0-9A-Fa-f]{2}){5}$/,
    'expected the MAC address of one network card, such as 52:54:00:12:34:56',
  )
  .refine((text) => /[1-9A-Fa-f]/.test(text), { error: 'no network card has this MAC address' })
  .refine((text) => !/^00[:-]00[:-]5e[:-]00[:-]0[12][:-]/i.test(text), {
    error:
      'this is the MAC address of a virtual router (RFC 9568, section 7.3), of no network card',
  });

/** Metric of a route: 32 bits in the kernel, where 0 stands for the family's own. */
const Metric = z.int().min(1).max(4_294_967_295);

export const RouteFile = z.strictObject({
  to: z
    .union([z.literal('default'), Cidr])
    .describe('Network that the route leads to, such as 10.0.0.0/8, or default.'),
  via: IpAddress.describe("Gateway, in a subnet of the interface's addresses."),
  metric: Metric.optional().describe(
    "Of two routes to one network the smaller metric wins. Default: the kernel's.",
  ),
});
export type RouteFile = z.infer<typeof RouteFile>;

const MemberFile = z.union([
  InterfaceName,
  z.strictObject({
    name: InterfaceName.describe('Name of the network card.'),
    mac: MacAddress.optional().describe(
      'MAC address of the card that gets this name. Default: the one that the kernel calls so.',
    ),
  }),
]);

/** Terms of the kernel's bonding driver (Documentation/networking/bonding.rst). */
export const BondFile = z.strictObject({
  mode: z
    .enum(['active-backup', '802.3ad'])
    .optional()
    .describe(
      'active-backup: one member carries the traffic, another takes over; any switch will do. 802.3ad: LACP, which the switch must speak. Default: active-backup.',
    ),
  members: z
    .array(MemberFile)
    .min(1, 'a bond needs a member')
    .describe('Network cards of the bond: names, or {name: eth0, mac: 52:54:00:12:34:56}.'),
  miimon: z
    .int()
    .min(1)
    .max(60_000)
    .optional()
    .describe('Milliseconds between looks at the carrier of each member. Default: 100.'),
  primary: InterfaceName.optional().describe(
    'Member that carries the traffic whenever it can (active-backup). Default: none.',
  ),
  lacp_rate: z
    .enum(['slow', 'fast'])
    .optional()
    .describe('How often the partner is asked for LACP frames (802.3ad). Default: slow.'),
  xmit_hash_policy: z
    .enum(['layer2', 'layer2+3', 'layer3+4', 'encap2+3', 'encap3+4', 'vlan+srcmac'])
    .optional()
    .describe('What chooses the member for a packet (802.3ad). Default: layer2.'),
});
export type BondFile = z.infer<typeof BondFile>;
