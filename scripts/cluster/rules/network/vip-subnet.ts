import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { ClusterModel, InterfaceModel, NodeModel } from '../../model.ts';
import { listOf } from '../../resolve/lists.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import {
  inNetwork,
  isHostAddress,
  isLinkLocal,
  parseAddress,
  toCidr,
} from '../../values/address.ts';
import type { Address } from '../../values/address.ts';
import { memberOf } from '../../vrrp-groups.ts';
import type { VrrpGroupModel } from '../../vrrp-model.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { placedGroups } from '../vrrp/placed-groups.ts';

/** A VIP must be reachable on the wire that carries it, and nobody else may have it. */
export const vipSubnet: Rule = (input) =>
  vipsOf(input).flatMap(({ vip, group, path }) => {
    const owner = ownerOf(input.cluster, vip);
    if (owner !== undefined) return [taken(vip, owner, path)];
    // Beside others: keepalived wants one first, and where the user names none, it is made from the identity.
    if (isLinkLocal(vip.host)) return [];
    return outside(input.cluster.nodes, group, vip, path);
  });

interface PlacedVip {
  readonly vip: Address;
  readonly group: VrrpGroupModel;
  readonly path: DocumentPath;
}

function vipsOf(input: RuleInput): readonly PlacedVip[] {
  return placedGroups(input).flatMap(({ written: { vip: written }, group, path }) =>
    listOf(written).flatMap((text, index) => {
      const vip = parseAddress(text);
      const place = [...path, 'vip', ...(typeof written === 'string' ? [] : [index])];
      return vip === undefined ? [] : [{ vip, group, path: place }];
    }),
  );
}

function taken(vip: Address, owner: string, path: DocumentPath): LintFinding {
  return lintError(
    'vip-subnet',
    path,
    `the VIP ${vip.host} is also ${owner}: two machines would answer for it`,
    'Choose a free address.',
  );
}

function ownerOf(cluster: ClusterModel, vip: Address): string | undefined {
  return addressesInUse(cluster).find(([address]) => parseAddress(address)?.host === vip.host)?.[1];
}

function addressesInUse(cluster: ClusterModel): readonly (readonly [string, string])[] {
  const ofNodes = cluster.nodes.flatMap((node) => [
    ...node.interfaces.flatMap((entry) => [
      ...entry.addresses.map((address) => [address, `the address of ${node.hostname}`] as const),
      ...[entry.gateway4, entry.gateway6].flatMap((gateway) =>
        gateway === undefined ? [] : [[gateway, `the gateway of ${node.hostname}`] as const],
      ),
    ]),
    ...node.dns.map((address) => [address, `a DNS server of ${node.hostname}`] as const),
  ]);
  const ofServices = cluster.services.flatMap(({ name, backends }) =>
    backends.map((backend) => [backend.address, `the backend ${backend.name} of ${name}`] as const),
  );
  return [...ofNodes, ...ofServices];
}

/** The first node whose VRRP interface cannot reach the VIP; nothing can be said of DHCP. */
function outside(
  nodes: readonly NodeModel[],
  group: VrrpGroupModel,
  vip: Address,
  path: DocumentPath,
): readonly LintFinding[] {
  for (const node of nodes) {
    const wanted = memberOf(group, node).interface;
    const carrier = node.interfaces.find(({ name }) => name === wanted);
    if (carrier === undefined || carrier.dhcp || carrier.addresses.length === 0) continue;
    const message = problemOn(node, carrier, vip);
    if (message !== undefined)
      return [lintError('vip-subnet', path, message, hintFor(carrier.addresses, vip))];
  }
  return [];
}

function problemOn(
  node: NodeModel,
  { name, addresses }: InterfaceModel,
  vip: Address,
): string | undefined {
  const networks = networksOf(addresses, vip.family);
  const place = `${name} of ${node.hostname}`;
  if (networks.length === 0)
    return `the VIP ${vip.host} is IPv${vip.family}, but ${place} has no IPv${vip.family} address`;
  const home = networks.find((network) => inNetwork(vip, network));
  if (home === undefined) {
    return `the VIP ${vip.host} is outside the subnet of ${place} (${networks.map(toCidr).join(', ')}): its neighbours would never ask for it`;
  }
  return isHostAddress({ ...vip, prefix: home.prefix })
    ? undefined
    : `the VIP ${vip.host} is the network or broadcast address of ${toCidr(home)}`;
}

function hintFor(addresses: readonly string[], vip: Address): string {
  const network = networksOf(addresses, vip.family)[0];
  return network === undefined
    ? `Give the nodes an IPv${vip.family} address too, or remove this VIP.`
    : `Choose a free address in the subnet of ${toCidr(network)}.`;
}

function networksOf(addresses: readonly string[], family: 4 | 6): readonly Address[] {
  return addresses.flatMap((text) => {
    const address = parseAddress(text);
    return address?.family === family ? [address] : [];
  });
}
