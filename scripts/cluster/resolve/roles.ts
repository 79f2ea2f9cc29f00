import type { NodeFile } from '../schema/node.ts';

const MAX_PRIORITY = 254;

export interface RoleAndPriority {
  readonly role: 'MASTER' | 'BACKUP';
  readonly priority: number;
}

/**
 * Roles and priorities that the file leaves out. The lead (the owner, where one is given; else the MASTER; where all start as BACKUP, the first in rank) gets
 * `top` or one more than any priority written for another node; the others count down from `top` in file order.
 */
export function resolveRoles(
  nodes: readonly NodeFile[],
  about: { readonly allBackup: boolean; readonly top: number; readonly lead?: number },
): readonly RoleAndPriority[] {
  const { allBackup, top, lead = leadOf(nodes, top) } = about;
  const leadPriority = nodes[lead]?.priority ?? leadPriorityAbove(nodes, top);
  const taken = new Set(nodes.map(({ priority }) => priority));
  taken.add(leadPriority);
  let next = Math.min(leadPriority, top) - 1;
  return nodes.map((node, index) => {
    const role = node.role ?? (index === lead && !allBackup ? 'MASTER' : 'BACKUP');
    if (index === lead) return { role, priority: leadPriority };
    if (node.priority !== undefined) return { role, priority: node.priority };
    while (taken.has(next) && next > 1) next -= 1;
    taken.add(next);
    return { role, priority: next };
  });
}

/** Index of the written MASTER, else of the node without a role that ranks highest. */
function leadOf(nodes: readonly NodeFile[], top: number): number {
  const master = nodes.findIndex(({ role }) => role === 'MASTER');
  if (master >= 0) return master;
  const ranks = nodes.map(({ role, priority }) => (role === 'BACKUP' ? -1 : (priority ?? top)));
  const best = Math.max(...ranks);
  return best < 0 ? highestPriority(nodes, top) : ranks.indexOf(best);
}

function highestPriority(nodes: readonly NodeFile[], top: number): number {
  const priorities = nodes.map(({ priority }) => priority ?? top);
  return priorities.indexOf(Math.max(...priorities));
}

function leadPriorityAbove(nodes: readonly NodeFile[], top: number): number {
  const highest = Math.max(0, ...nodes.map(({ priority }) => priority ?? 0));
  return Math.min(MAX_PRIORITY, Math.max(top, highest + 1));
}
