import type { RolloutOrder, RolloutStep } from './order.ts';
import { swapCommands } from './platforms.ts';
import type { Platform } from './platforms.ts';

/** The order for people: every step with its commands, and what must be so before the next. */
export function orderText(order: RolloutOrder, platforms: readonly Platform[]): readonly string[] {
  if (order.steps.length === 0) return ['Every node has the image of this release already.'];
  const vips = order.vips.join(', ');
  return [
    `Rollout of ${order.cluster}, VIP ${vips}: one node at a time, each only when the one before is well.`,
    ...order.steps.flatMap((step, index) => [
      '',
      `${index + 1}. ${step.node}: ${roleOf(step)}`,
      ...commandsOf(step, platforms),
      `   Go on when ${goesOnWhen(step, order)}`,
    ]),
    '',
    'The way back: the same order with the old images.',
    ...order.steps.map(({ node, back }) => `   ${node}: ${back}`),
  ];
}

function roleOf({ holds }: RolloutStep): string {
  return holds
    ? 'MASTER. As it shuts down it hands the VIP over: the peer announces it while this node still answers.'
    : 'BACKUP. Nobody notices.';
}

function commandsOf(step: RolloutStep, platforms: readonly Platform[]): readonly string[] {
  if (platforms.length === 0) {
    return [
      '   shut it down by the power button (never reset it), and wait until it is off',
      `   put ${step.image} into its drive`,
      '   start it',
    ];
  }
  return platforms.flatMap((platform) => {
    const { shutDown, insert, start } = swapCommands(platform, step);
    return [`   ${platform}:`, ...[...shutDown, ...insert, ...start].map((it) => `     ${it}`)];
  });
}

function goesOnWhen({ node, holds }: RolloutStep, { preferred }: RolloutOrder): string {
  const well = `${node} answers at its own address and its checks are up`;
  if (!holds) return `${well} (vipiso rollout --watch tells).`;
  return preferred === node ? `${well}: it takes the VIP back by itself.` : `${well}.`;
}
