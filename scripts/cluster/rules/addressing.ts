import { inNetwork, isHostAddress, parseAddress } from '../address.ts';
import type { DocumentPath } from '../document-path.ts';
import type { Finding } from '../finding.ts';
import { lintError } from '../finding.ts';
import type { InterfaceModel, NodeModel } from '../model.ts';
import { listOf } from '../resolve/lists.ts';
import type { Rule, RuleInput } from './rule.ts';

/** Interface name length in Linux, without the closing zero (IFNAMSIZ - 1). */
const MAX_INTERFACE_NAME = 15;

/** Nodes that would come up without a usable address. */
export const addressing: Rule = (input) => [
  ...input.cluster.nodes.flatMap((node, index) => nodeFindings(node, ['nodes', index])),
  ...gatewayFamilies(input),
];

function nodeFindings(node: NodeModel, path: DocumentPath): readonly Finding[] {
  const carrier = node.interfaces.some(({ name }) => name === node.vrrpInterface);
  const missing = `${node.hostname} has no interface ${node.vrrpInterface}, which vrrp.interface names`;
  return [
    ...(carrier
      ? []
      : [
          fatal(
            [...path],
            missing,
            `It has ${node.interfaces.map(({ name }) => name).join(', ')}.`,
          ),
        ]),
    ...node.interfaces.flatMap((entry) => interfaceFindings(node, entry, path)),
  ];
}

function interfaceFindings(
  node: NodeModel,
  entry: InterfaceModel,
  path: DocumentPath,
): readonly Finding[] {
  const place = `${entry.name} of ${node.hostname}`;
  const findings: Finding[] = [];
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
    findings.push(
      fatal(
        path,
        `the interface name ${entry.name} is longer than ${MAX_INTERFACE_NAME} characters`,
        'Use a shorter name.',
      ),
    );
  }
  return [...findings, ...edgeAddresses(entry, place, path), ...gateways(entry, place, path)];
}

function edgeAddresses(
  entry: InterfaceModel,
  place: string,
  path: DocumentPath,
): readonly Finding[] {
  return entry.addresses.flatMap((text) => {
    const address = parseAddress(text);
    if (address === undefined || isHostAddress(address)) return [];
    return [
      lintError(
        'addressing',
        [...path, 'address'],
        `${text} of ${place} is the network or broadcast address of its subnet`,
      ),
    ];
  });
}

function gateways(entry: InterfaceModel, place: string, path: DocumentPath): readonly Finding[] {
  return [entry.gateway4, entry.gateway6].flatMap((text) => {
    const gateway = text === undefined ? undefined : parseAddress(text);
    if (gateway === undefined || entry.dhcp || isLinkLocal(gateway.host)) return [];
    const own = entry.addresses.flatMap((address) => parseAddress(address) ?? []);
    const at = [...path, 'gateway'];
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
    return [
      lintError(
        'addressing',
        at,
        `the gateway ${gateway.host} is in no subnet of ${place}: it cannot be reached`,
        `Its addresses are ${entry.addresses.join(', ') || 'none'}.`,
      ),
    ];
  });
}

function isLinkLocal(host: string): boolean {
  return /^fe[89ab]/i.test(host);
}

function gatewayFamilies({ file }: RuleInput): readonly Finding[] {
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

function fatal(path: DocumentPath, message: string, hint: string): Finding {
  return { ...lintError('addressing', path, message, hint), fatal: true };
}
