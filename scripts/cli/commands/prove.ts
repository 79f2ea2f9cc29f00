import { Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import {
  addEngineOptions,
  addRepositoryOptions,
  collected,
  keysFolderOf,
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
    .option('--out <dir>', 'folder of the images; built there if missing', 'out')
    .option('--json', 'events and results as JSON lines')
    .action(async (what: string, options: ProveOptions, command: Command) => {
      const { host, print, result, colour } = context.open(options);
      const { proveCluster } = await import('../../workflows/prove.ts');
      const proved = await proveCluster(host, {
        what,
        clusterFile: options.cluster,
        set: options.set,
        faults: options.fault,
        variants: options.variant,
        replay: options.replay,
        against: options.against,
        version: command.parent?.version() ?? '',
        build: {
          engine: options.engine,
          aports: options.aports,
          nodes: [],
          out: options.out,
          repositories: options.repository,
          keys: keysFolderOf(host, options),
          offline: options.offline === true,
          frozen: false,
          colour,
        },
      });
      result('proof', { file: proved.file, page: proved.page, verdict: proved.proof.verdict });
      print(proved.text.join('\n'));
      if (proved.error !== undefined) throw proved.error;
    });
}
