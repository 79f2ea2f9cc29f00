import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { ClusterModel } from '../../model.ts';
import { inNetwork, parseAddress } from '../../values/address.ts';
import type { Address } from '../../values/address.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { interfacePath } from '../vrrp/interface-path.ts';
import { placedHosts } from './placed-hosts.ts';
import type { PlacedHost } from './placed-hosts.ts';
import { carries } from './reach.ts';

/** No network that a machine is on is that large: a slip of the finger in front of a digit. */
const SHORTEST = { 4: 8, 6: 16 } as const;

/** Prefix lengths that say something else of the network than is meant. */
export const prefixes: Rule = (input) => [
  ...placedHosts(input)
    .filter(({ use }) => use === 'vip')
    .flatMap((vip) => vipPrefix(vip, input)),
  ...nodePrefixes(input),
  ...disagreement(input),
];

/** keepalived adds a VIP as it is written, and the kernel a route to the whole network that the prefix spans. */
function vipPrefix({ host, path }: PlacedHost, { cluster }: RuleInput): readonly LintFinding[] {
  const vip = parseAddress(host);
  if (vip?.prefix === undefined) return [];
  const full = vip.family === 4 ? 32 : 128;
  if (vip.prefix === full) return [];
  const hint = `Write ${vip.host}, which means /${full}.`;
  const home = carrierNetworks(cluster).find((network) => inNetwork(vip, network));
  const most = home?.prefix ?? SHORTEST[vip.family];
  if (vip.prefix < most) {
    const message =
      `the MASTER would take ${networkText(vip)} as its own subnet: a VIP with /${vip.prefix} brings a route to all of that` +
      (home === undefined ? '' : `, wider than its subnet /${most}`);
    return [lintError('vip-prefix', path, message, hint)];
  }
  if (vip.family === 6) {
    const message = `an IPv6 VIP with /${vip.prefix} becomes the source of the node's own connections, which break when it moves: keepalived marks it so that it does not with /128 alone`;
    return [lintWarning('vip-prefix', path, message, hint)];
  }
  if (home === undefined || vip.prefix === home.prefix) return [];
  const message = `the VIP has /${vip.prefix}, its subnet /${most}: the MASTER gets a second route to a part of its own subnet`;
  return [lintWarning('vip-prefix', path, message, hint)];
}

function networkText({ host, prefix = 0 }: Address): string {
  return prefix === 0 ? 'every address there is' : `everything in ${host}/${prefix}`;
}

/** Of every node and group, in their order. */
function carrierNetworks(cluster: ClusterModel): readonly Address[] {
  return cluster.nodes.flatMap((node) =>
    node.interfaces
      .filter(({ name }) => carries(cluster, node, name))
      .flatMap(({ addresses }) => addresses.flatMap((text) => parseAddress(text) ?? []))
      .filter(({ family, prefix = 0 }) => prefix >= SHORTEST[family]),
  );
}

function nodePrefixes(input: RuleInput): readonly LintFinding[] {
  return input.cluster.nodes.flatMap(({ hostname, interfaces }, node) =>
    interfaces.flatMap(({ name, addresses }, index) =>
      addresses.flatMap((text) => {
        const address = parseAddress(text);
        if (address?.prefix === undefined || address.prefix >= SHORTEST[address.family]) return [];
        const path = [...interfacePath(input, node, index), 'address'];
        const message = `${name} of ${hostname} has /${address.prefix}: it would take ${networkText(address)} as its own subnet`;
        return [
          lintError(
            'addressing',
            path,
            message,
            'Write the prefix length of the subnet, such as /24 or /64.',
          ),
        ];
      }),
    ),
  );
}

/** Nodes on one wire that disagree about its size do not reach each other's neighbours. */
function disagreement(input: RuleInput): readonly LintFinding[] {
  const { cluster } = input;
  const seen: Address[] = [];
  return cluster.nodes.flatMap((node, index) => {
    const own = node.interfaces.flatMap(({ name, addresses }, place) =>
      carries(cluster, node, name)
        ? addresses.flatMap((text) => {
            const address = parseAddress(text);
            return address === undefined ? [] : [{ address, place }];
          })
        : [],
    );
    const findings = own.flatMap(({ address, place }) => {
      const other = seen.find(
        (earlier) =>
          earlier.prefix !== address.prefix &&
          (inNetwork(address, earlier) || inNetwork(earlier, address)),
      );
      if (other === undefined) return [];
      const path = [...interfacePath(input, index, place), 'address'];
      const message = `${node.hostname} has /${address.prefix ?? ''} on the LAN where ${other.host} has /${other.prefix ?? ''}: they disagree about who is a neighbour`;
      const hint = 'Give all nodes the prefix length of their subnet.';
      return [lintWarning('addressing', path, message, hint)];
    });
    seen.push(...own.map(({ address }) => address));
    return findings;
  });
}
