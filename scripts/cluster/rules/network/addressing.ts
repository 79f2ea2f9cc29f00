import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { InterfaceModel, NodeModel } from '../../model.ts';
import { listOf } from '../../resolve/lists.ts';
import { formatPath } from '../../text/document-path.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import { inNetwork, isHostAddress, parseAddress } from '../../values/address.ts';
import { memberOf } from '../../vrrp-groups.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { interfacePath, sharedValuePath } from '../vrrp/interface-path.ts';
import { placedGroups } from '../vrrp/placed-groups.ts';

/** Interface name length in Linux, without the closing zero (IFNAMSIZ - 1). */
const MAX_INTERFACE_NAME = 15;

/** Nodes that would come up without a usable address. */
export const addressing: Rule = (input) => [
  ...input.cluster.nodes.flatMap((node, index) => [
    ...carriers(input, node, index),
    ...node.interfaces.flatMap((entry, place) => interfaceFindings(input, entry, index, place)),
  ]),
  ...gatewayFamilies(input),
];

function carriers(input: RuleInput, node: NodeModel, index: number): readonly LintFinding[] {
  const names = node.interfaces.map(({ name }) => name);
  return placedGroups(input).flatMap(({ group, path }) => {
    const carrier = memberOf(group, node).interface;
    if (names.includes(carrier)) return [];
    const message = `${node.hostname} has no interface ${carrier}, which ${formatPath(path)}.interface names`;
    return [fatal(['nodes', index], message, `It has ${names.join(', ')}.`)];
  });
}

function interfaceFindings(
  input: RuleInput,
  entry: InterfaceModel,
  node: number,
  index: number,
): readonly LintFinding[] {
  const place = `${entry.name} of ${input.cluster.nodes[node]?.hostname ?? 'the node'}`;
  const path = interfacePath(input, node, index);
  return [
    ...addressCount(entry, place, path),
    ...edgeAddresses(entry, place, path),
    ...gateways(entry, place, sharedValuePath(input, node, index, 'gateway')),
  ];
}

function addressCount(
  entry: InterfaceModel,
  place: string,
  path: DocumentPath,
): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  if (entry.addresses.length === 0 && !entry.dhcp) {
    findings.push(
      fatal(
        path,
        `${place} has no address`,
        'Give it an address such as 192.168.9.137/24, or dhcp: true.',
      ),
    );
  }
  if (entry.addresses.length > 0 && entry.dhcp) {
    findings.push(
      fatal([...path, 'dhcp'], `${place} has a static address and dhcp`, 'Keep one of the two.'),
    );
  }
  if (entry.name.length > MAX_INTERFACE_NAME) {
    const message = `the interface name ${entry.name} is longer than ${MAX_INTERFACE_NAME} characters`;
    findings.push(fatal(path, message, 'Use a shorter name.'));
  }
  return findings;
}

function edgeAddresses(
  entry: InterfaceModel,
  place: string,
  path: DocumentPath,
): readonly LintFinding[] {
  return entry.addresses.flatMap((text) => {
    const address = parseAddress(text);
    if (address === undefined || isHostAddress(address)) return [];
    const message = `${text} of ${place} is the network or broadcast address of its subnet`;
    return [lintError('addressing', [...path, 'address'], message)];
  });
}

function gateways(entry: InterfaceModel, place: string, at: DocumentPath): readonly LintFinding[] {
  return [entry.gateway4, entry.gateway6].flatMap((text) => {
    const gateway = text === undefined ? undefined : parseAddress(text);
    if (gateway === undefined || entry.dhcp || isLinkLocal(gateway.host)) return [];
    const own = entry.addresses.flatMap((address) => parseAddress(address) ?? []);
    if (own.some(({ host }) => host === gateway.host)) {
      return [
        lintError(
          'addressing',
          at,
          `the gateway ${gateway.host} is the address of ${place} itself`,
        ),
      ];
    }
    if (own.some((network) => inNetwork(gateway, network))) return [];
    const message = `the gateway ${gateway.host} is in no subnet of ${place}: it cannot be reached`;
    return [
      lintError(
        'addressing',
        at,
        message,
        `Its addresses are ${entry.addresses.join(', ') || 'none'}.`,
      ),
    ];
  });
}

function isLinkLocal(host: string): boolean {
  return /^fe[89ab]/i.test(host);
}

function gatewayFamilies({ file }: RuleInput): readonly LintFinding[] {
  const places: readonly (readonly [DocumentPath, string | string[] | undefined])[] = [
    [['network', 'gateway'], file.network?.gateway],
    ...file.nodes.map((node, index) => [['nodes', index, 'gateway'], node.gateway] as const),
  ];
  return places.flatMap(([path, gateway]) => {
    const families = listOf(gateway).map((text) => parseAddress(text)?.family);
    if (new Set(families).size === families.length) return [];
    return [
      lintError(
        'addressing',
        path,
        'two default gateways of one address family: only one can be used',
      ),
    ];
  });
}

function fatal(path: DocumentPath, message: string, hint: string): LintFinding {
  return { ...lintError('addressing', path, message, hint), fatal: true };
}
