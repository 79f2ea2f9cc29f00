import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { InterfaceModel, NodeModel, RouteModel } from '../../model.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import {
  inNetwork,
  isHostAddress,
  isLinkLocal,
  networkOf,
  parseAddress,
  toCidr,
} from '../../values/address.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { sharedValuePath } from '../vrrp/interface-path.ts';

/** Metric that ifupdown-ng gives the default route of a `gateway` line. */
const GATEWAY_METRIC = 1;
/** What the kernel takes where a route names none: include/uapi/linux/ipv6_route.h has IPv6's. */
const KERNEL_METRIC = { 4: 0, 6: 1024 } as const;

/** Routes that the kernel would refuse, or that would take the place of another. */
export const routes: Rule = (input) => [
  ...input.cluster.nodes.flatMap((node, index) => [
    ...node.interfaces.flatMap((entry, place) =>
      entry.routes.flatMap((route, at) =>
        problems(entry, route, node).map(({ key, message, hint }) =>
          error([...routePath(input, index, place, at), key], message, hint),
        ),
      ),
    ),
    ...repeated(input, node, index),
  ]),
];

interface Problem {
  readonly key: 'to' | 'via';
  readonly message: string;
  readonly hint: string;
}

function problems(
  entry: InterfaceModel,
  route: RouteModel,
  { hostname }: NodeModel,
): readonly Problem[] {
  const to = parseAddress(route.to);
  const via = parseAddress(route.via);
  if (to === undefined || via === undefined) return [];
  const found: Problem[] = [];
  const network = networkOf(to);
  if (network !== route.to) {
    const end = to.family === 4 ? 'the kernel refuses such a route' : 'it is not a network address';
    const message = `${route.to} has bits beyond its prefix length: ${end}`;
    found.push({ key: 'to', message, hint: `The network is ${network}.` });
  }
  if (to.family !== via.family) {
    const message = `the route to ${route.to} is of IPv${to.family}, its gateway ${route.via} of IPv${via.family}`;
    return [...found, { key: 'via', message, hint: 'Name a gateway of the same family.' }];
  }
  if (entry.dhcp || isLinkLocal(via.host)) return found;
  const place = `${entry.name} of ${hostname}`;
  const own = entry.addresses.flatMap((text) => parseAddress(text) ?? []);
  const addresses = `Its addresses are ${entry.addresses.join(', ') || 'none'}.`;
  if (own.some(({ host }) => host === via.host)) {
    const message = `the gateway ${via.host} of the route to ${route.to} is the address of ${place} itself`;
    found.push({ key: 'via', message, hint: 'Name the router.' });
    return found;
  }
  const home = own.find((address) => inNetwork(via, address));
  if (home === undefined) {
    const message = `the gateway ${via.host} of the route to ${route.to} is in no subnet of ${place}: the kernel refuses such a route`;
    found.push({ key: 'via', message, hint: addresses });
  } else if (!isHostAddress({ ...via, prefix: home.prefix })) {
    const message = `the gateway ${via.host} of the route to ${route.to} is the network or broadcast address of ${toCidr(home)}`;
    found.push({ key: 'via', message, hint: addresses });
  }
  return found;
}

interface PlacedRoute {
  readonly what: string;
  /** Routes of one identity are one route to the kernel. */
  readonly identity: string;
  readonly path: DocumentPath;
}

function repeated(input: RuleInput, node: NodeModel, index: number): readonly LintFinding[] {
  const seen = new Map<string, string>();
  return placedRoutes(input, node, index).flatMap(({ what, identity, path }) => {
    const earlier = seen.get(identity);
    if (earlier === undefined) {
      seen.set(identity, what);
      return [];
    }
    const message = `${node.hostname} has ${what} beside ${earlier}, with one metric: only one can be used`;
    return [error(path, message, 'Remove one of them, or give it a larger metric.')];
  });
}

function placedRoutes(input: RuleInput, node: NodeModel, index: number): readonly PlacedRoute[] {
  return node.interfaces.flatMap((entry, place) => [
    ...[entry.gateway4, entry.gateway6].flatMap((gateway): PlacedRoute[] => {
      const family = gateway === undefined ? undefined : parseAddress(gateway)?.family;
      if (family === undefined) return [];
      const to = family === 4 ? '0.0.0.0/0' : '::/0';
      const what = `the gateway ${gateway} of ${entry.name}`;
      const path = sharedValuePath(input, index, place, 'gateway');
      return [{ what, identity: `${to} ${GATEWAY_METRIC}`, path }];
    }),
    ...entry.routes.flatMap(({ to, via, metric }, at): PlacedRoute[] => {
      const network = parseAddress(to);
      if (network === undefined) return [];
      const what = `the route to ${to} via ${via}`;
      const identity = `${networkOf(network)} ${metric ?? KERNEL_METRIC[network.family]}`;
      return [{ what, identity, path: routePath(input, index, place, at) }];
    }),
  ]);
}

function routePath(input: RuleInput, node: number, place: number, at: number): DocumentPath {
  return [...sharedValuePath(input, node, place, 'routes'), at];
}

function error(path: DocumentPath, message: string, hint: string): LintFinding {
  return lintError('routes', path, message, hint);
}
