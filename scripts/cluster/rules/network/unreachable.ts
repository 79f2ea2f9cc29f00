import { lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { NodeModel } from '../../model.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import { specialKind } from '../../values/address-kind.ts';
import { parseAddress } from '../../values/address.ts';
import type { Address } from '../../values/address.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { placedHosts } from './placed-hosts.ts';
import type { HostUse, PlacedHost } from './placed-hosts.ts';
import { canLookUp, canReach, hasWayOut } from './reach.ts';

const ASKED: readonly HostUse[] = ['backend', 'dns', 'ntp', 'syslog', 'mail'];

/**
 * Hosts that a node has no route to, or whose name it cannot look up. Routes of the user's own, by an overlay, or those
 * that IPv6 routers announce show nowhere in the cluster file: so these are warnings.
 */
export const unreachable: Rule = (input) => [
  ...placedHosts(input)
    .filter(({ use }) => ASKED.includes(use))
    .flatMap((placed) => judge(placed, input)),
  ...defaultTimeServers(input),
];

function judge(placed: PlacedHost, input: RuleInput): readonly LintFinding[] {
  const address = parseAddress(placed.host);
  if (address === undefined) return unknownName(placed, input);
  return specialKind(address) === undefined ? noRoute(placed, address, input) : [];
}

function noRoute(
  { host, what, path }: PlacedHost,
  address: Address,
  input: RuleInput,
): readonly LintFinding[] {
  const cut = askers(path, input).filter((node) => !canReach(node, address));
  if (cut.length === 0) return [];
  const message = `${what}, ${host}, is in no subnet of ${names(cut)}, and there is no IPv${address.family} gateway or route that leads to it`;
  const hint = 'Add network.gateway, a route to it, or an interface in its subnet.';
  return [lintWarning('unreachable', path, message, hint)];
}

/** A name server that is written for one node is asked by that node alone. */
function askers([first, index]: DocumentPath, { cluster }: RuleInput): readonly NodeModel[] {
  if (first !== 'nodes') return cluster.nodes;
  return cluster.nodes.filter((_, place) => place === index);
}

function unknownName({ host, what, path }: PlacedHost, input: RuleInput): readonly LintFinding[] {
  if (host === 'localhost') return [];
  const lost = input.cluster.nodes.filter((node) => !canLookUp(node));
  if (lost.length > 0) {
    const message = `${what} is called ${host}, and ${names(lost)} ${has(lost)} no name server to ask for its address`;
    return [lintWarning('unreachable', path, message, 'Add network.dns, or write its address.')];
  }
  return isPublicPool(host) ? withoutWayOut(`${what} ${host}`, path, input) : [];
}

/** Nobody wrote `pool.ntp.org`; without clocks that agree, certificates and logs are of little use. */
function defaultTimeServers(input: RuleInput): readonly LintFinding[] {
  const { file, cluster } = input;
  if (file.system?.ntp_servers !== undefined) return [];
  const path = file.network === undefined ? ['nodes'] : ['network'];
  const lost = cluster.nodes.filter((node) => !canLookUp(node));
  const [server = ''] = cluster.system.ntpServers;
  const what = `the NTP server ${server} (the default)`;
  if (lost.length === 0) return withoutWayOut(what, path, input);
  const message = `${names(lost)} ${has(lost)} no name server to ask for ${what}: the clocks will drift`;
  const hint =
    'Add network.dns and network.gateway, or set system.ntp_servers to the address of a server in their subnet, or to [].';
  return [lintWarning('unreachable', path, message, hint)];
}

function withoutWayOut(
  what: string,
  path: DocumentPath,
  { cluster }: RuleInput,
): readonly LintFinding[] {
  const inside = cluster.nodes.filter((node) => !hasWayOut(node));
  if (inside.length === 0) return [];
  const message = `${what} is out in the Internet, and ${names(inside)} ${has(inside)} no gateway`;
  const hint =
    'Add network.gateway, or set system.ntp_servers to a server in their subnet, or to [].';
  return [lintWarning('unreachable', path, message, hint)];
}

function isPublicPool(host: string): boolean {
  return /(^|\.)pool\.ntp\.org$/i.test(host);
}

function names(nodes: readonly NodeModel[]): string {
  return nodes.map(({ hostname }) => hostname).join(' and ');
}

function has(nodes: readonly NodeModel[]): string {
  return nodes.length === 1 ? 'has' : 'have';
}
