import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import type { VrrpMemberModel } from '../../vrrp-model.ts';
import type { Rule } from '../rule.ts';
import { placedGroups } from './placed-groups.ts';
import type { PlacedGroup } from './placed-groups.ts';

/** keepalived keeps effective priorities within 1..254 (255 is the address owner's). */
const LOWEST = 1;
const HIGHEST = 254;

/**
 * A node whose haproxy died must fall behind every node whose haproxy lives. With a positive weight the
 * living gain it, with a negative one the dead lose it; weight 0 is a fault, which always gives the VIP up.
 */
export const weightGap: Rule = (input) => placedGroups(input).flatMap(gapsIn);

function gapsIn(placed: PlacedGroup): readonly LintFinding[] {
  const { members, checkWeight: weight, preempt } = placed.group;
  if (weight === 0 || !prioritiesUsable(members)) return [];
  if (preempt.mode === 'nopreempt') return [nopreempt(placed, weight)];
  const pair = worstPair(members, weight);
  if (pair === undefined) return [];
  const { strong, weak } = pair;
  const [stuckAt, rival] = [whenDead(strong.priority, weight), whenAlive(weak.priority, weight)];
  return [
    lintError(
      'weight-gap',
      placeOf(placed, strong),
      `the VIP never leaves ${strong.hostname} when its haproxy dies: it stays at priority ${stuckAt}, ` +
        `and ${weak.hostname} with a live haproxy has ${rival} ` +
        `(weight ${weight} is not larger than the gap of ${strong.priority - weak.priority})`,
      workingNumbers(members, weight),
    ),
  ];
}

function prioritiesUsable(members: readonly VrrpMemberModel[]): boolean {
  return members.every(({ priority }) => priority >= LOWEST && priority <= HIGHEST);
}

function nopreempt({ written, path }: PlacedGroup, weight: number): LintFinding {
  return lintError(
    'weight-gap',
    [...path, 'check', ...(written.check?.weight === undefined ? [] : ['weight'])],
    `with nopreempt a BACKUP does not take over from a MASTER that still sends adverts, whatever its priority: ` +
      `weight ${weight} leaves the VIP on a node whose haproxy is dead`,
    'Use weight: 0, which makes a failed check a fault.',
  );
}

/** The pair with the largest gap among those where the dead still outranks the living. */
function worstPair(
  nodes: readonly VrrpMemberModel[],
  weight: number,
): { strong: VrrpMemberModel; weak: VrrpMemberModel } | undefined {
  const pairs = nodes.flatMap((strong) =>
    nodes
      .filter((weak) => weak.priority < strong.priority)
      .filter((weak) => whenAlive(weak.priority, weight) <= whenDead(strong.priority, weight))
      .map((weak) => ({ strong, weak })),
  );
  const gap = (pair: { strong: VrrpMemberModel; weak: VrrpMemberModel }) =>
    pair.strong.priority - pair.weak.priority;
  return [...pairs].sort((a, b) => gap(b) - gap(a))[0];
}

function whenAlive(priority: number, weight: number): number {
  return Math.min(HIGHEST, priority + Math.max(0, weight));
}

function whenDead(priority: number, weight: number): number {
  return Math.max(LOWEST, priority + Math.min(0, weight));
}

function workingNumbers(nodes: readonly VrrpMemberModel[], weight: number): string {
  const priorities = nodes.map(({ priority }) => priority);
  const [top, bottom] = [Math.max(...priorities), Math.min(...priorities)];
  const needed = top - bottom + 1;
  const range = weight > 0 ? positiveRange(needed, bottom) : negativeRange(needed, top);
  const reach = Math.abs(weight) - 1;
  const closer = `priorities at most ${reach} apart, such as ${100 + reach} and 100`;
  if (range === undefined)
    return `No weight works with these priorities; use 101 and 100 with weight ${Math.sign(weight) * 2}.`;
  return reach < nodes.length - 1 ? `Use ${range}.` : `Use ${range}, or ${closer}.`;
}

/** Above 253 - bottom even the lowest node reaches the ceiling of 254 and all healthy nodes tie. */
function positiveRange(needed: number, bottom: number): string | undefined {
  const most = HIGHEST - 1 - bottom;
  return needed > most ? undefined : `a weight from ${needed} to ${most}`;
}

function negativeRange(needed: number, top: number): string | undefined {
  const most = Math.min(253, top - 1);
  return needed > most ? undefined : `a weight from -${needed} to -${most}`;
}

function placeOf({ written, path, group }: PlacedGroup, strong: VrrpMemberModel): DocumentPath {
  if (written.check?.weight !== undefined) return [...path, 'check', 'weight'];
  return written.priorities === undefined
    ? ['nodes', group.members.indexOf(strong), 'priority']
    : [...path, 'priorities', strong.hostname];
}
