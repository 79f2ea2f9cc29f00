import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { ClusterModel } from '../../model.ts';
import { specialKind } from '../../values/address-kind.ts';
import type { SpecialKind } from '../../values/address-kind.ts';
import { inNetwork, isHostAddress, parseAddress } from '../../values/address.ts';
import type { Address } from '../../values/address.ts';
import type { Rule } from '../rule.ts';
import { placedHosts } from './placed-hosts.ts';
import type { HostUse, PlacedHost } from './placed-hosts.ts';

/** Addresses that the network cannot mean where they stand. */
export const specialAddresses: Rule = (input) =>
  placedHosts(input).flatMap((placed) => {
    const address = parseAddress(placed.host);
    if (address === undefined) return [];
    const kind = specialKind(address);
    if (kind === undefined) return edgeOfSubnet(placed, address, input.cluster);
    return ofKind(placed, address, kind);
  });

const REASONS: Readonly<Record<SpecialKind, string>> = {
  unspecified:
    'an address that means "none": no machine has it, and to connect to it is to connect to oneself',
  loopback: 'a loopback address: each node would mean itself',
  multicast: 'a multicast address: it names a group, not a machine',
  broadcast: 'the broadcast address: it names every machine at once',
  mapped: 'an IPv4-mapped IPv6 address, which no network carries',
  'link-local': 'a link-local address, which says nothing without an interface',
};

/** What is right in one place and wrong in another. */
const MEANT: Readonly<Partial<Record<SpecialKind, readonly HostUse[]>>> = {
  loopback: ['mail'],
  'link-local': ['node', 'vip', 'gateway'],
};

/** A program of the user's own on the node may serve there. */
const LOCAL_SERVICES: readonly HostUse[] = ['dns', 'ntp', 'syslog'];

function ofKind(
  { use, what, path, host }: PlacedHost,
  { family }: Address,
  kind: SpecialKind,
): readonly LintFinding[] {
  if (MEANT[kind]?.includes(use) === true) return [];
  // 169.254.0.0/16 is where clouds put name and time servers.
  if (kind === 'link-local' && family === 4) return [];
  const message = `${what} is ${host}, ${REASONS[kind]}`;
  if (kind === 'loopback' && LOCAL_SERVICES.includes(use)) {
    const hint =
      'Nothing of ours listens there: name the server, or add a program that does by packages and overlay.';
    return [lintWarning('special-address', path, message, hint)];
  }
  return [lintError('special-address', path, message, hintFor(kind, use))];
}

function hintFor(kind: SpecialKind, use: HostUse): string {
  if (kind === 'mapped') return 'Write the IPv4 address.';
  return use === 'backend'
    ? 'Write the address that the server has on the network.'
    : 'Write the address that it has on the network.';
}

/** The nodes' own addresses and the VIPs are held against their subnets by other rules. */
function edgeOfSubnet(
  { use, what, path, host }: PlacedHost,
  address: Address,
  { nodes }: ClusterModel,
): readonly LintFinding[] {
  if (use === 'node' || use === 'vip') return [];
  const networks = nodes
    .flatMap(({ interfaces }) => interfaces.flatMap(({ addresses }) => addresses))
    .flatMap((text) => parseAddress(text) ?? []);
  const home = networks.find(
    (network) =>
      inNetwork(address, network) && !isHostAddress({ ...address, prefix: network.prefix }),
  );
  if (home === undefined) return [];
  const message = `${what} is ${host}, the network or broadcast address of the subnet ${home.host}/${home.prefix ?? ''}`;
  return [lintError('special-address', path, message, hintFor('broadcast', use))];
}
