import { Command, InvalidArgumentError, Option } from 'commander';
import { PLATFORMS } from '../../rollout/platforms.ts';
import type { Platform } from '../../rollout/platforms.ts';
import type { CliContext } from '../context.ts';

interface RolloutOptions {
  readonly from: string;
  readonly cluster?: string;
  readonly platform: Platform | 'all' | 'none';
  readonly watch?: boolean;
  readonly every: number;
  readonly loss: number;
  readonly calm: number;
  readonly json?: boolean;
}

export function rolloutCommand(context: CliContext): Command {
  return new Command('rollout')
    .description('the safe order in which new images get live, and the looking on while they do')
    .argument('<new>', 'folder of the images to come')
    .requiredOption('--from <dir>', 'folder of the images that run')
    .option('--cluster <file>', 'cluster file of the images (default: beside or above them)')
    .addOption(
      new Option('--platform <name>', 'whose commands to print')
        .choices([...PLATFORMS, 'all', 'none'])
        .default('all'),
    )
    .option('--watch', 'ask the VIP while nodes are swapped, say when to go on, stop on loss')
    .addOption(milliseconds('--every <ms>', 'with --watch: between two requests', 100))
    .addOption(milliseconds('--loss <ms>', 'with --watch: silence of the VIP to stop at', 2000))
    .addOption(milliseconds('--calm <ms>', 'with --watch: how long a node is well first', 10_000))
    .option('--json', 'events and results as JSON lines')
    .action(async (to: string, options: RolloutOptions) => {
      const { host, print, result } = context.open(options);
      const { rollOut } = await import('../../workflows/rollout.ts');
      const platforms =
        options.platform === 'all'
          ? PLATFORMS
          : options.platform === 'none'
            ? []
            : [options.platform];
      const { order, watched } = await rollOut(
        host,
        {
          ...{ to, from: options.from, clusterFile: options.cluster, platforms },
          watch: options.watch === true,
          ...{ everyMs: options.every, lossMs: options.loss, calmMs: options.calm },
        },
        print,
      );
      result('rollout', { ...order, ...(watched !== undefined && { watched }) });
    });
}

function milliseconds(flags: string, text: string, byDefault: number): Option {
  return new Option(flags, text).default(byDefault).argParser((value) => {
    if (!/^\d{1,6}$/.test(value)) throw new InvalidArgumentError('must be milliseconds');
    return Number(value);
  });
}
