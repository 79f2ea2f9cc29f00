import { Command, InvalidArgumentError, Option } from 'commander';
import type { ProveResult } from '../../prove/certificate/write.ts';
import { absolutePath } from '../paths.ts';
import type { CliContext } from '../context.ts';
import {
  addEngineOptions,
  addRepositoryOptions,
  collected,
  engineFlagsOf,
  sourceFlagsOf,
} from '../repository-options.ts';
import type { EngineOptions, RepositoryOptions } from '../repository-options.ts';

interface ProveOptions extends RepositoryOptions, EngineOptions {
  readonly cluster?: string;
  readonly set: 'quick' | 'full';
  readonly fault: string[];
  readonly variant: string[];
  readonly replay?: string;
  readonly against?: string;
  readonly out: string;
  readonly upgrade?: string;
  readonly controlPlane?: string;
  readonly repeat: number;
  readonly forwardOnly?: boolean;
  readonly json?: boolean;
}

export function proveCommand(context: CliContext): Command {
  const prove = new Command('prove')
    .description(
      'boot the images, break them on purpose, measure the fail-over, certify the release',
    )
    .argument('[what]', 'cluster file, or the folder of its images', 'cluster.yaml');
  return addRepositoryOptions(addEngineOptions(prove))
    .option('--cluster <file>', 'cluster file of a folder of images (default: beside or above it)')
    .addOption(
      new Option('--set <name>', 'which faults').choices(['quick', 'full']).default('quick'),
    )
    .addOption(collected('--fault <id>', 'this fault only; may be repeated'))
    .addOption(
      collected('--variant <id>', 'this variant of the cluster file as well; may be repeated'),
    )
    .option('--replay <file>', 'the orders of faults that check --explore --json found, instead')
    .option('--against <proof.json>', 'compare with an earlier proof, and fail on what got worse')
    .option(
      '--control-plane <dir>',
      'in front of the real kube-apiserver and etcd in this folder, with clients that write and watch',
    )
    .option('--upgrade <dir>', 'roll these images out over the older ones in this folder, and back')
    .addOption(
      new Option('--repeat <times>', 'with --upgrade: how often in a row')
        .argParser(timesOf)
        .default(1),
    )
    .option('--forward-only', 'with --upgrade: not back')
    .option('--out <dir>', 'folder of the images; built there if missing', 'out')
    .option('--json', 'events and results as JSON lines')
    .action(async (what: string, options: ProveOptions, command: Command) => {
      const { host, print, result } = context.open(options);
      const show = ({ file, page, proof, text, error }: ProveResult): void => {
        result('proof', { file, page, verdict: proof.verdict });
        print(text.join('\n'));
        if (error !== undefined) throw error;
      };
      if (options.upgrade !== undefined) {
        const { proveUpgrade } = await import('../../workflows/prove/upgrade.ts');
        const upgraded = await proveUpgrade(host, {
          from: options.upgrade,
          to: what === 'cluster.yaml' ? options.out : what,
          clusterFile: options.cluster,
          repeat: options.repeat,
          forwardOnly: options.forwardOnly === true,
          version: command.parent?.version() ?? '',
        });
        show(upgraded);
        return;
      }
      const programs = absolutePath(host, options.controlPlane);
      if (programs !== undefined) {
        const { proveControlPlane } = await import('../../workflows/prove/control-plane.ts');
        show(
          await proveControlPlane(host, {
            ...{ what, programs, set: options.set, faults: options.fault },
            clusterFile: absolutePath(host, options.cluster),
            out: absolutePath(host, options.out),
            version: command.parent?.version() ?? '',
          }),
        );
        return;
      }
      const { proveCluster } = await import('../../workflows/prove/prove.ts');
      const proved = await proveCluster(host, {
        what,
        clusterFile: absolutePath(host, options.cluster),
        set: options.set,
        faults: options.fault,
        variants: options.variant,
        replay: absolutePath(host, options.replay),
        against: absolutePath(host, options.against),
        version: command.parent?.version() ?? '',
        build: {
          sources: await sourceFlagsOf(host, options),
          engine: engineFlagsOf(host, options),
          nodes: [],
          out: absolutePath(host, options.out),
          frozen: false,
        },
      });
      show(proved);
    });
}

function timesOf(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw new InvalidArgumentError('must be a number from 1 to 999');
  return Number(text);
}
