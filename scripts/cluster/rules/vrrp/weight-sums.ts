import { lintError } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import { byRank } from '../../vrrp-groups.ts';
import type { VrrpMemberModel } from '../../vrrp-model.ts';
import type { Rule } from '../rule.ts';
import { placedGroups } from './placed-groups.ts';
import type { PlacedGroup } from './placed-groups.ts';

/** keepalived keeps the sum of a priority and its weights within 1..254. */
const LOWEST = 1;
const HIGHEST = 254;

/**
 * What all weights of a group come to together. A positive weight counts while its script succeeds, a negative one while
 * it fails; 0 is a fault, which no sum outweighs.
 */
export const weightSums: Rule = (input) =>
  placedGroups(input).flatMap((placed) => {
    const { group } = placed;
    const usable = group.members.every(({ priority }) => priority >= 1 && priority <= HIGHEST);
    if (!usable || group.members.length < 2) return [];
    if (group.preempt.mode === 'nopreempt') return idleScripts(placed);
    return [...ceiling(placed), ...floor(placed), ...deadHaproxy(placed), ...idle(placed)];
  });

interface Weights {
  readonly check: number;
  /** Sums of the user's scripts. */
  readonly gains: number;
  readonly losses: number;
}

function weightsOf({ group: { checkWeight, tracked } }: PlacedGroup): Weights {
  const weights = tracked.map(({ weight }) => weight);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return {
    check: checkWeight,
    gains: sum(weights.filter((weight) => weight > 0)),
    losses: sum(weights.filter((weight) => weight < 0)),
  };
}

/** Neighbours in rank, the stronger first. */
function neighbours({
  group,
}: PlacedGroup): readonly (readonly [VrrpMemberModel, VrrpMemberModel])[] {
  const ranked = byRank(group);
  return ranked.flatMap((strong, index) => {
    const weak = ranked[index + 1];
    return weak === undefined || weak.priority === strong.priority ? [] : [[strong, weak] as const];
  });
}

function ceiling(placed: PlacedGroup): readonly LintFinding[] {
  const { check, gains } = weightsOf(placed);
  const bonus = Math.max(0, check) + gains;
  const pair = neighbours(placed).find(([, weak]) => weak.priority + bonus >= HIGHEST);
  if (pair === undefined) return [];
  const [strong, weak] = pair;
  const message = `while all checks pass ${strong.hostname} and ${weak.hostname} both come to ${HIGHEST}, the most that keepalived counts (priorities ${strong.priority} and ${weak.priority}, weights ${bonus}): neither outranks the other`;
  const hint = `Use priorities below ${HIGHEST - bonus}, such as 101 and 100, or smaller weights.`;
  return [lintError('weight-gap', placeOf(placed), message, hint)];
}

function floor(placed: PlacedGroup): readonly LintFinding[] {
  const { losses } = weightsOf(placed);
  const pair = neighbours(placed).find(([strong]) => strong.priority + losses <= LOWEST);
  if (pair === undefined || losses === 0) return [];
  const [strong, weak] = pair;
  const message = `while all scripts fail ${strong.hostname} and ${weak.hostname} both come to ${LOWEST}, the least that keepalived counts (weights ${losses}): neither outranks the other`;
  return [lintError('weight-gap', placeOf(placed), message, `Use priorities above ${2 - losses}.`)];
}

/** A node with a dead haproxy serves nobody: whatever the scripts say, one with a live haproxy must outrank it. */
function deadHaproxy(placed: PlacedGroup): readonly LintFinding[] {
  const { check, gains, losses } = weightsOf(placed);
  const { members, tracked } = placed.group;
  if (check === 0 || tracked.length === 0) return [];
  const [strong] = byRank(placed.group);
  const weak = byRank(placed.group).at(-1);
  if (strong === undefined || weak === undefined) return [];
  const gap = strong.priority - weak.priority;
  // Without scripts it is the other rule's.
  if (Math.abs(check) <= gap) return [];
  const dead = within(strong.priority + Math.min(0, check) + gains);
  const alive = within(weak.priority + Math.max(0, check) + losses);
  if (alive > dead) return [];
  const message = `the VIP stays with ${strong.hostname} although its haproxy is dead (${dead}) while the scripts of ${weak.hostname} fail and its haproxy lives (${alive}): nobody is served`;
  const needed = gap + gains - losses + 1;
  const hint = `Leave check.weight out, or use ${Math.sign(check) * needed}: more than the gap of ${gap} and all other weights together.`;
  const index = members.indexOf(strong);
  return [lintError('weight-gap', placeOf(placed, index), message, hint)];
}

/** A script that outweighs no gap moves nothing. */
function idle(placed: PlacedGroup): readonly LintFinding[] {
  const ranked = byRank(placed.group);
  const [strong, weak] = ranked;
  if (strong === undefined || weak === undefined) return [];
  const gap = strong.priority - weak.priority;
  return placed.group.tracked.flatMap(({ script, weight }, index) => {
    if (weight === 0 || Math.abs(weight) > gap) return [];
    const message = `${script} moves nothing: its weight of ${weight} is not larger than the gap of ${gap} between ${strong.hostname} and ${weak.hostname}`;
    const hint = `Use ${weight < 0 ? '-' : ''}${gap + 1} or more, or leave weight out.`;
    return [lintError('weight-gap', [...placed.path, 'scripts', index], message, hint)];
  });
}

function idleScripts(placed: PlacedGroup): readonly LintFinding[] {
  return placed.group.tracked.flatMap(({ script, weight }, index) => {
    if (weight === 0) return [];
    const message = `with nopreempt a BACKUP does not take over from a MASTER that still sends adverts, whatever its priority: ${script} with weight ${weight} moves nothing`;
    const hint = 'Use weight: 0, which makes its failure a fault, or do without nopreempt.';
    return [lintError('weight-gap', [...placed.path, 'scripts', index], message, hint)];
  });
}

function within(priority: number): number {
  return Math.min(HIGHEST, Math.max(LOWEST, priority));
}

function placeOf({ written, path }: PlacedGroup, node = 0): DocumentPath {
  if (written.check?.weight !== undefined) return [...path, 'check', 'weight'];
  if (written.scripts !== undefined) return [...path, 'scripts'];
  return written.priorities === undefined ? ['nodes', node, 'priority'] : [...path, 'priorities'];
}
