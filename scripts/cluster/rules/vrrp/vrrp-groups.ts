import { didYouMean } from '../../findings/did-you-mean.ts';
import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { ClusterModel } from '../../model.ts';
import { listOf } from '../../resolve/lists.ts';
import type { VrrpFile } from '../../schema/vrrp.ts';
import { formatPath } from '../../text/document-path.ts';
import { networksOverlap, parseAddress } from '../../values/address.ts';
import type { Address } from '../../values/address.ts';
import { byRank, memberOf } from '../../vrrp-groups.ts';
import type { VrrpGroupModel } from '../../vrrp-model.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { placedGroups } from './placed-groups.ts';
import type { PlacedGroup } from './placed-groups.ts';

/** Groups that fight each other, or that nobody can tell apart. */
export const vrrpGroups: Rule = (input) => {
  const groups = placedGroups(input);
  return [
    ...names(groups),
    ...groups.flatMap((placed) => ownership(placed, input)),
    ...(groups.length > 1 ? ranksOfNodes(input) : []),
    ...routerIds(groups, input.cluster),
    ...daemonValues(groups),
    ...carriersOfServices(groups, input),
    ...idleGroups(groups, input),
  ];
};

function names(groups: readonly PlacedGroup[]): readonly LintFinding[] {
  if (groups.length === 1) return [];
  return groups.flatMap(({ written: { name }, path }, index) => {
    if (name === undefined) {
      const message = 'with several VRRP groups each needs a name';
      return [fatal(path, message, 'Add a name, such as api or ingress.')];
    }
    const isTaken = groups.slice(0, index).some(({ written }) => written.name === name);
    return isTaken ? [fatal([...path, 'name'], `two VRRP groups have the name ${name}`)] : [];
  });
}

function ownership(
  { written, group, path }: PlacedGroup,
  { file }: RuleInput,
): readonly LintFinding[] {
  const { owner, priorities = {} } = written;
  const hosts = file.nodes.map(({ hostname }) => hostname);
  const unexpected = [
    ...(owner === undefined ? [] : [[owner, [...path, 'owner']] as const]),
    ...Object.keys(priorities).map((host) => [host, [...path, 'priorities', host]] as const),
  ].filter(([host]) => !hosts.includes(host));
  if (unexpected.length > 0) {
    return unexpected.map(([host, at]) => {
      const guess = didYouMean(host, hosts);
      const hint =
        guess === undefined ? `The nodes are ${hosts.join(', ')}.` : `Did you mean ${guess}?`;
      return fatal(at, `there is no node ${host}`, hint);
    });
  }
  const [first] = byRank(group);
  const own = group.members.find(({ hostname }) => hostname === owner);
  if (own === undefined || first === undefined) return [];
  const role = file.nodes.find(({ hostname }) => hostname === owner)?.role;
  const master = file.nodes.find((node) => node.role === 'MASTER' && node.hostname !== owner);
  const rank =
    first.priority > own.priority || first.hostname !== own.hostname
      ? `${own.hostname} owns the group with priority ${own.priority}, and ${first.hostname} has ${first.priority}: the VIP would not stay with its owner`
      : undefined;
  const said =
    role === 'BACKUP'
      ? `${own.hostname} owns the group and has the role BACKUP`
      : master === undefined
        ? undefined
        : `${own.hostname} owns the group, and ${master.hostname} has the role MASTER`;
  const message = said ?? rank;
  if (message === undefined) return [];
  const hint = `Remove ${said === undefined ? 'the priorities' : 'the role'}, or name another owner.`;
  return [lintError('roles', [...path, 'owner'], message, hint)];
}

/** One rank for all groups would make one node the master of all. */
function ranksOfNodes({ file }: RuleInput): readonly LintFinding[] {
  return file.nodes.flatMap((node, index) =>
    (['role', 'priority'] as const).flatMap((key) =>
      node[key] === undefined
        ? []
        : [
            lintError(
              'roles',
              ['nodes', index, key],
              `with several VRRP groups a node has no one ${key}: it would be the same in each`,
              'Write owner (and priorities) in each group instead.',
            ),
          ],
    ),
  );
}

function routerIds(groups: readonly PlacedGroup[], cluster: ClusterModel): readonly LintFinding[] {
  return groups.flatMap(({ group, path }, index) => {
    const rival = groups.slice(0, index).find((earlier) => fight(earlier.group, group, cluster));
    const id = group.instances[0]?.virtualRouterId;
    if (rival === undefined || id === undefined) return [];
    const message = `virtual_router_id ${id} is also that of the group ${rival.group.name} on the same LAN: each would take the other's adverts for its own`;
    return [
      lintError(
        'duplicate',
        [...path, 'virtual_router_id'],
        message,
        'Use another number, or leave it out: each group then gets one of its own.',
      ),
    ];
  });
}

function fight(a: VrrpGroupModel, b: VrrpGroupModel, cluster: ClusterModel): boolean {
  const shared = a.instances.some(({ family, virtualRouterId }) =>
    b.instances.some((it) => it.family === family && it.virtualRouterId === virtualRouterId),
  );
  if (!shared) return false;
  return cluster.nodes.some((node) => {
    const [first, second] = [memberOf(a, node).interface, memberOf(b, node).interface];
    if (first === second) return true;
    const networks = (name: string): readonly Address[] =>
      (node.interfaces.find((it) => it.name === name)?.addresses ?? []).flatMap(
        (text) => parseAddress(text) ?? [],
      );
    return networks(first).some((one) => networks(second).some((it) => networksOverlap(one, it)));
  });
}

/** Settings of the whole keepalived, which it has once. */
const OF_THE_DAEMON: readonly (readonly [key: string, valueOf: (file: VrrpFile) => unknown])[] = [
  ['notify', ({ notify }) => notify],
  ['process_priority', (file) => file.process_priority],
  ['garp_after_split', (file) => file.garp_after_split],
  [
    'check',
    ({ check = {} }) => {
      const shared = Object.entries(check).filter(([key]) => key !== 'weight');
      return shared.length === 0 ? undefined : shared;
    },
  ],
];

function daemonValues(groups: readonly PlacedGroup[]): readonly LintFinding[] {
  return OF_THE_DAEMON.flatMap(([key, valueOf]) => {
    const written = groups.filter((placed) => valueOf(placed.written) !== undefined);
    const [first, ...others] = written;
    if (first === undefined) return [];
    const text = JSON.stringify(valueOf(first.written));
    return others
      .filter((placed) => JSON.stringify(valueOf(placed.written)) !== text)
      .map(({ path }) =>
        lintError(
          'vrrp-groups',
          [...path, key],
          `${key} is a setting of the whole keepalived, and ${formatPath([...first.path, key])} says otherwise`,
          'Write it in one group alone' + (key === 'check' ? '; weight may differ.' : '.'),
        ),
      );
  });
}

function carriersOfServices(
  groups: readonly PlacedGroup[],
  { file, cluster }: RuleInput,
): readonly LintFinding[] {
  const known = groups.flatMap(({ written }) => written.name ?? []);
  return file.services.flatMap(({ vrrp }, index) => {
    const path = ['services', index, 'vrrp'];
    const name = cluster.services[index]?.name ?? 'the service';
    if (vrrp === undefined) {
      if (groups.length === 1) return [];
      const message = `${name} does not say which VRRP group carries it`;
      const hint = `Add vrrp: ${known[0] ?? 'api'}, or vrrp: [${known.join(', ')}].`;
      return [lintError('vrrp-groups', ['services', index], message, hint)];
    }
    return listOf(vrrp)
      .filter((it) => !known.includes(it))
      .map((it) => {
        const hint =
          known.length === 0 ? 'Give the group a name.' : `The groups are ${known.join(', ')}.`;
        return fatal(path, `${name} is carried by the VRRP group ${it}, which is not there`, hint);
      });
  });
}

function idleGroups(
  groups: readonly PlacedGroup[],
  { cluster }: RuleInput,
): readonly LintFinding[] {
  if (groups.length === 1) return [];
  const used = cluster.services.flatMap((service) => service.groups);
  return groups
    .filter(({ written: { name } }) => name !== undefined && !used.includes(name))
    .map(({ path, group: { name } }) => {
      const message = `no service is carried by the VRRP group ${name}: nothing answers at its VIP`;
      return lintError('vrrp-groups', path, message, `Write vrrp: ${name} in a service.`);
    });
}

function fatal(path: LintFinding['path'], message: string, hint?: string): LintFinding {
  return { ...lintError('vrrp-groups', path, message, hint), fatal: true };
}
