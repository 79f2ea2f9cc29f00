import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { ClusterModel } from '../../model.ts';
import { memberOf } from '../../vrrp-groups.ts';
import type { Rule } from '../rule.ts';
import { placedGroups } from './placed-groups.ts';
import type { PlacedGroup } from './placed-groups.ts';

export const unicastDhcp: Rule = (input) =>
  placedGroups(input).flatMap((placed) => guestsIn(placed, input.cluster));

function guestsIn({ group, path }: PlacedGroup, { nodes }: ClusterModel): readonly LintFinding[] {
  if (group.transport !== 'unicast') return [];
  const guests = nodes.filter((node) => {
    const { interface: carrier } = memberOf(group, node);
    return node.interfaces.some(({ name, dhcp }) => name === carrier && dhcp);
  });
  if (guests.length === 0) return [];
  const names = guests.map(({ hostname }) => hostname).join(' and ');
  const message = `unicast adverts go to the peers' addresses, but ${names} takes its address from DHCP: nobody can write it down`;
  return [
    lintError(
      'unicast-dhcp',
      [...path, 'unicast'],
      message,
      'Give every node a static address, or remove unicast.',
    ),
  ];
}
