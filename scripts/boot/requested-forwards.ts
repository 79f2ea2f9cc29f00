import type { ClusterModel, NodeModel } from '../cluster/model.ts';
import { parseAddress } from '../cluster/values/address.ts';
import { mainInterface } from '../cluster/vrrp-groups.ts';
import { VipisoError } from '../core/errors.ts';
import type { RequestedForward } from './forwards.ts';
import { isOnLan } from './lan/plan.ts';
import type { Frontend } from './lan/plan.ts';

/** A port that the user wants: to the VIP, or to a node. */
export interface ForwardRule {
  readonly port: number;
  readonly node: NodeModel | undefined;
  readonly toPort: number;
}

const HIGHEST_PORT = 65_535;
/** Added to a port of the LAN: 6443 is reached at 16443, ssh at 10022. */
const OFFSET = 10_000;
const SSH = 22;
const RULE = /^(\d{1,5}):(?:([^:]+):)?(\d{1,5})$/;
/** Addresses at which a daemon is reached from its own machine alone. */
const LOOPBACK = /^(?:127\.|::1$|localhost$)/;

/**
 * Reads `HOSTPORT:PORT` (to the first VIP) or `HOSTPORT:NODE:PORT`.
 *
 * @throws VipisoError usage
 */
export function parseForward(text: string, nodes: readonly NodeModel[]): ForwardRule {
  const [, port, name, toPort] = RULE.exec(text) ?? [];
  const rule = { port: Number(port), toPort: Number(toPort) };
  if (port === undefined || ![rule.port, rule.toPort].every(isPort)) {
    throw new VipisoError(
      'usage',
      `--forward ${text} is neither HOSTPORT:PORT nor HOSTPORT:NODE:PORT`,
      {
        hint: 'Example: --forward 8443:6443 --forward 2222:lb-1:22',
      },
    );
  }
  const node = nodes.find(({ hostname }) => hostname === name);
  if (name !== undefined && node === undefined)
    throw new VipisoError('usage', `--forward ${text}: the node ${name} is not booted`);
  return { ...rule, node };
}

/** Every frontend, each node's ssh and statistics where the images have them, and what the user wants. */
export function requestedForwards(
  cluster: ClusterModel,
  nodes: readonly NodeModel[],
  frontends: readonly Frontend[],
  rules: readonly ForwardRule[],
): readonly RequestedForward[] {
  return [
    ...rules.flatMap((rule) => forwardOfRule(rule, cluster, frontends)),
    ...frontends.map(({ service, address, port }) => {
      const how = (at: number): string => `${service}: curl -k https://127.0.0.1:${at}/readyz`;
      return requested(how, { address, port });
    }),
    ...nodes.flatMap((node) => [...sshOf(cluster, node), ...statsOf(cluster, node)]),
  ];
}

function forwardOfRule(
  { port, node, toPort }: ForwardRule,
  cluster: ClusterModel,
  frontends: readonly Frontend[],
): readonly RequestedForward[] {
  const address = node === undefined ? frontends[0]?.address : addressOf(cluster, node);
  if (address === undefined) return [];
  const what = node === undefined ? 'the VIP' : node.hostname;
  return [{ how: () => what, port, exact: true, to: { address, port: toPort } }];
}

function sshOf(cluster: ClusterModel, node: NodeModel): readonly RequestedForward[] {
  const { access } = cluster;
  const address = managedAt(cluster, node);
  if (!access.sshd || address === undefined) return [];
  const user = access.adminUser?.name ?? 'root';
  const how = (port: number): string => `${node.hostname}: ssh -p ${port} ${user}@127.0.0.1`;
  return [requested(how, { address, port: SSH })];
}

function statsOf(cluster: ClusterModel, node: NodeModel): readonly RequestedForward[] {
  const { stats } = cluster;
  const address = managedAt(cluster, node);
  if (stats === undefined || address === undefined || LOOPBACK.test(stats.bind ?? '')) return [];
  const how = (port: number): string => `${node.hostname}: http://127.0.0.1:${port}/`;
  return [requested(how, { address, port: stats.port })];
}

function requested(how: RequestedForward['how'], to: RequestedForward['to']): RequestedForward {
  const shifted = to.port + OFFSET;
  return { how, port: shifted > HIGHEST_PORT ? to.port : shifted, exact: false, to };
}

/** The first address of the main interface: the one that the LAN reaches. */
function addressOf(cluster: ClusterModel, node: NodeModel): string | undefined {
  return firstAddress(node, mainInterface(cluster, node));
}

/** Where sshd and stats listen, where the LAN reaches that. */
function managedAt(cluster: ClusterModel, node: NodeModel): string | undefined {
  const { managementInterface: name } = node;
  if (name === undefined) return addressOf(cluster, node);
  return isOnLan(cluster, node, name) ? firstAddress(node, name) : undefined;
}

function firstAddress({ interfaces }: NodeModel, wanted: string): string | undefined {
  const [first] = interfaces.find(({ name }) => name === wanted)?.addresses ?? [];
  return first === undefined ? undefined : parseAddress(first)?.host;
}

function isPort(port: number): boolean {
  return port > 0 && port <= HIGHEST_PORT;
}
