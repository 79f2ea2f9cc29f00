import type { ForwardWish } from '../boot/forwards.ts';
import type { Entrance } from '../boot/lan/plan.ts';
import { parseAddress } from '../cluster/address.ts';
import type { ClusterModel, NodeModel } from '../cluster/model.ts';
import { mainInterface } from '../cluster/vrrp-groups.ts';
import { VipisoError } from '../core/errors.ts';

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

/** Every entrance, each node's ssh and statistics where the images have them, and what the user wants. */
export function forwardWishes(
  cluster: ClusterModel,
  nodes: readonly NodeModel[],
  entrances: readonly Entrance[],
  rules: readonly ForwardRule[],
): readonly ForwardWish[] {
  return [
    ...rules.flatMap((rule) => wishOfRule(rule, cluster, entrances)),
    ...entrances.map(({ service, address, port }) => {
      const how = (at: number): string => `${service}: curl -k https://127.0.0.1:${at}/readyz`;
      return wish(how, { address, port });
    }),
    ...nodes.flatMap((node) => [...sshOf(cluster, node), ...statsOf(cluster, node)]),
  ];
}

function wishOfRule(
  { port, node, toPort }: ForwardRule,
  cluster: ClusterModel,
  entrances: readonly Entrance[],
): readonly ForwardWish[] {
  const address = node === undefined ? entrances[0]?.address : addressOf(cluster, node);
  if (address === undefined) return [];
  const what = node === undefined ? 'the VIP' : node.hostname;
  return [{ how: () => what, port, exact: true, to: { address, port: toPort } }];
}

function sshOf(cluster: ClusterModel, node: NodeModel): readonly ForwardWish[] {
  const { access } = cluster;
  const address = addressOf(cluster, node);
  if (!access.sshd || address === undefined) return [];
  const user = access.adminUser?.name ?? 'root';
  const how = (port: number): string => `${node.hostname}: ssh -p ${port} ${user}@127.0.0.1`;
  return [wish(how, { address, port: SSH })];
}

function statsOf(cluster: ClusterModel, node: NodeModel): readonly ForwardWish[] {
  const { stats } = cluster;
  const address = addressOf(cluster, node);
  if (stats === undefined || address === undefined || LOOPBACK.test(stats.bind)) return [];
  const how = (port: number): string => `${node.hostname}: http://127.0.0.1:${port}/`;
  return [wish(how, { address, port: stats.port })];
}

function wish(how: ForwardWish['how'], to: ForwardWish['to']): ForwardWish {
  const shifted = to.port + OFFSET;
  return { how, port: shifted > HIGHEST_PORT ? to.port : shifted, exact: false, to };
}

/** The first address of the main interface: the one that the LAN reaches. */
function addressOf(cluster: ClusterModel, node: NodeModel): string | undefined {
  const main = mainInterface(cluster, node);
  const carrier = node.interfaces.find(({ name }) => name === main);
  const [first] = carrier?.addresses ?? [];
  return first === undefined ? undefined : parseAddress(first)?.host;
}

function isPort(port: number): boolean {
  return port > 0 && port <= HIGHEST_PORT;
}
