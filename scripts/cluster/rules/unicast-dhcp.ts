import { lintError } from '../finding.ts';
import type { Rule } from './rule.ts';

export const unicastDhcp: Rule = ({ cluster }) => {
  if (cluster.vrrp.transport !== 'unicast') return [];
  const guests = cluster.nodes.filter((node) =>
    node.interfaces.some(({ name, dhcp }) => name === node.vrrpInterface && dhcp),
  );
  if (guests.length === 0) return [];
  const names = guests.map(({ hostname }) => hostname).join(' and ');
  const message = `unicast adverts go to the peers' addresses, but ${names} takes its address from DHCP: nobody can write it down`;
  return [
    lintError(
      'unicast-dhcp',
      ['vrrp', 'unicast'],
      message,
      'Give every node a static address, or remove unicast.',
    ),
  ];
};
