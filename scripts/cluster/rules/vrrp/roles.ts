import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { VrrpGroupModel, VrrpMemberModel } from '../../vrrp-model.ts';
import type { Rule } from '../rule.ts';
import { placedGroups } from './placed-groups.ts';
import type { PlacedGroup } from './placed-groups.ts';

/** States and priorities that keepalived ignores or that make the nodes fight over the VIP. */
export const roles: Rule = (input) =>
  placedGroups(input).flatMap((placed) => [
    ...contradictions(placed),
    ...outOfRange(placed.group),
    ...masters(placed.group),
    ...topPriority(placed.group),
    ...ties(placed.group),
  ]);

function contradictions({ written: vrrp, path }: PlacedGroup): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  if (vrrp.preempt !== undefined && vrrp.preempt === vrrp.nopreempt) {
    findings.push(
      lintError(
        'roles',
        [...path, 'nopreempt'],
        'preempt and nopreempt contradict each other',
        'Keep one of the two.',
      ),
    );
  }
  const nopreempt = vrrp.nopreempt === true || vrrp.preempt === false;
  if (nopreempt && (vrrp.preempt_delay ?? 0) > 0) {
    findings.push(
      lintError(
        'roles',
        [...path, 'preempt_delay'],
        'preempt_delay has no meaning with nopreempt: keepalived resets it to 0',
        'Remove one of the two.',
      ),
    );
  }
  return findings;
}

function outOfRange({ members }: VrrpGroupModel): readonly LintFinding[] {
  return members.flatMap(({ priority }, index) =>
    inRange(priority)
      ? []
      : [
          lintError(
            'roles',
            ['nodes', index, 'priority'],
            `priority ${priority} is outside 1 to 254` +
              (priority === 255
                ? ' (255 is for the owner of the address, which ignores its checks)'
                : ''),
            'Use 101 for the MASTER and 100 for the BACKUP.',
          ),
        ],
  );
}

function masters(group: VrrpGroupModel): readonly LintFinding[] {
  const { members } = group;
  const indexes = members.flatMap(({ role }, index) => (role === 'MASTER' ? [index] : []));
  const backupOnly = backupOnlyReason(group);
  if (backupOnly !== undefined) {
    return indexes.map((index) =>
      lintError(
        'roles',
        ['nodes', index, 'role'],
        `state MASTER with ${backupOnly}: keepalived ignores ${backupOnly} then`,
        `Remove the role: with ${backupOnly} all nodes start as BACKUP.`,
      ),
    );
  }
  if (indexes.length === 0) {
    return [
      lintError(
        'roles',
        ['nodes'],
        'no node is MASTER',
        'Give one node the role MASTER, or set nopreempt: true so that all start as BACKUP.',
      ),
    ];
  }
  return indexes
    .slice(1)
    .map((index) =>
      lintError(
        'roles',
        ['nodes', index, 'role'],
        `${hostname(members, index)} and ${hostname(members, indexes[0])} are both MASTER: both would claim the VIP at start`,
        'Keep one MASTER; the others are BACKUP.',
      ),
    );
}

function backupOnlyReason({ preempt }: VrrpGroupModel): string | undefined {
  if (preempt.mode === 'nopreempt') return 'nopreempt';
  return preempt.delay > 0 ? 'preempt_delay' : undefined;
}

function topPriority({ members }: VrrpGroupModel): readonly LintFinding[] {
  const master = members.findIndex(({ role }) => role === 'MASTER');
  const own = members[master]?.priority;
  if (own === undefined || !inRange(own)) return [];
  const rival = members.find(
    ({ priority, role }) => role !== 'MASTER' && inRange(priority) && priority >= own,
  );
  if (rival === undefined) return [];
  return [
    lintError(
      'roles',
      ['nodes', master, 'priority'],
      `${hostname(members, master)} is MASTER with priority ${own}, but ${rival.hostname} has ${rival.priority}: the VIP would move away right after the start`,
      `Give ${hostname(members, master)} a priority above ${rival.priority}, or swap the roles.`,
    ),
  ];
}

function ties({ members }: VrrpGroupModel): readonly LintFinding[] {
  return members.flatMap((node, index) => {
    const earlier = members.slice(0, index).find(({ priority }) => priority === node.priority);
    if (earlier === undefined || earlier.role === 'MASTER' || node.role === 'MASTER') return [];
    return [
      lintWarning(
        'roles',
        ['nodes', index, 'priority'],
        `${node.hostname} and ${earlier.hostname} have the same priority ${node.priority}: the higher address wins, and both may claim the VIP for a moment`,
        'Give each node a priority of its own.',
      ),
    ];
  });
}

function inRange(priority: number): boolean {
  return priority >= 1 && priority <= 254;
}

function hostname(nodes: readonly VrrpMemberModel[], index: number | undefined): string {
  return nodes[index ?? 0]?.hostname ?? 'the node';
}
