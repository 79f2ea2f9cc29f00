import { isLinkLocal } from '../../cluster/values/address.ts';
import type { VrrpInstanceModel } from '../../cluster/vrrp-model.ts';

/**
 * The addresses of an instance as its adverts list them. With IPv6 the first must be a link-local one of the virtual
 * router (RFC 9568, 5.2.9). Where the user gives none it is made from the router's MAC address, 00-00-5E-00-02-{VRID}
 * (7.3), so all nodes agree and no other router on the LAN has it; like all of /128 it is never a source address.
 *
 * @returns in CIDR notation
 */
export function advertisedAddresses({
  family,
  virtualRouterId,
  addresses,
}: VrrpInstanceModel): readonly string[] {
  if (family === 4) return addresses;
  const own = addresses.filter(isLinkLocal);
  const first = own.length > 0 ? own : [`${linkLocalOf(virtualRouterId)}/128`];
  return [...first, ...addresses.filter((address) => !own.includes(address))];
}

/** Modified EUI-64 of the virtual router's MAC address: RFC 4291, appendix A. */
function linkLocalOf(virtualRouterId: number): string {
  return `fe80::200:5eff:fe00:${(0x200 + virtualRouterId).toString(16)}`;
}
