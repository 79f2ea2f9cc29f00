import type { ClusterModel, InterfaceModel, NodeModel } from '../../model.ts';
import { inNetwork, isLinkLocal, parseAddress } from '../../values/address.ts';
import type { Address } from '../../values/address.ts';
import { memberOf } from '../../vrrp-groups.ts';

/** 0.0.0.0/1 and 128.0.0.0/1 are how a default route is written that must not replace another. */
const HALF_OF_EVERYTHING = 1;

/**
 * Whether a node has a way to an address: a network of its own that holds it, a gateway of the family, DHCP's word, or
 * a static route. Any that matches will do: of those the kernel takes the longest, and one whose gateway is no
 * neighbour it refuses.
 */
export function canReach({ interfaces }: NodeModel, address: Address): boolean {
  return interfaces.some(
    (entry) =>
      hasGateway(entry, address.family) ||
      isOnLink(entry, address) ||
      routesOf(entry).some((network) => inNetwork(address, network)),
  );
}

/** Whether a node has a way out of its own networks. */
export function hasWayOut({ interfaces }: NodeModel): boolean {
  return interfaces.some(
    (entry) =>
      hasGateway(entry, 4) ||
      hasGateway(entry, 6) ||
      routesOf(entry).some(({ prefix = 0 }) => prefix <= HALF_OF_EVERYTHING),
  );
}

function hasGateway({ dhcp, gateway4, gateway6 }: InterfaceModel, family: 4 | 6): boolean {
  return family === 4 ? dhcp || gateway4 !== undefined : gateway6 !== undefined;
}

function isOnLink({ addresses }: InterfaceModel, address: Address): boolean {
  return addresses.some((text) => {
    const network = parseAddress(text);
    return network !== undefined && inNetwork(address, network);
  });
}

/** What the static routes lead to whose gateway is a neighbour; with DHCP, nobody knows who is. */
function routesOf(entry: InterfaceModel): readonly Address[] {
  return entry.routes.flatMap(({ to, via }) => {
    const [network, gateway] = [parseAddress(to), parseAddress(via)];
    if (network === undefined || gateway === undefined) return [];
    const isNeighbour =
      isOnLink(entry, gateway) || isLinkLocal(gateway.host) || (entry.dhcp && gateway.family === 4);
    return isNeighbour ? [network] : [];
  });
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
