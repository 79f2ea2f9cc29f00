import type { ClusterModel, NodeModel } from '../../model.ts';
import { inNetwork, parseAddress } from '../../values/address.ts';
import type { Address } from '../../values/address.ts';
import { memberOf } from '../../vrrp-groups.ts';

/** Whether a node has a way to an address: a network of its own that holds it, a gateway of the family, or DHCP's word. */
export function canReach({ interfaces }: NodeModel, address: Address): boolean {
  return interfaces.some(
    ({ addresses, dhcp, gateway4, gateway6 }) =>
      (address.family === 4 ? dhcp || gateway4 !== undefined : gateway6 !== undefined) ||
      addresses.some((text) => {
        const network = parseAddress(text);
        return network !== undefined && inNetwork(address, network);
      }),
  );
}

/** Whether a node has a way out of its own networks. */
export function hasWayOut({ interfaces }: NodeModel): boolean {
  return interfaces.some(
    ({ dhcp, gateway4, gateway6 }) => dhcp || gateway4 !== undefined || gateway6 !== undefined,
  );
}

/** Whether a node can ask anybody for the address of a name. */
export function canLookUp({ dns, interfaces }: NodeModel): boolean {
  return dns.length > 0 || interfaces.some(({ dhcp }) => dhcp);
}

/** Whether an interface of a node carries VIPs; of one family where that is given. */
export function carries(
  { vrrp }: ClusterModel,
  node: NodeModel,
  name: string,
  family?: 4 | 6,
): boolean {
  return vrrp.groups.some(
    (group) =>
      memberOf(group, node).interface === name &&
      (family === undefined || group.instances.some((it) => it.family === family)),
  );
}
