import { Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { addRepositoryOptions, collected, keysFolderOf } from '../repository-options.ts';
import type { RepositoryOptions } from '../repository-options.ts';

interface BuildOptions extends RepositoryOptions {
  readonly engine?: 'native' | 'mkimage';
  readonly node: string[];
  readonly out: string;
  readonly signingKey?: string;
  readonly frozen?: boolean;
  readonly json?: boolean;
}

export function buildCommand(context: CliContext): Command {
  return addRepositoryOptions(
    new Command('build')
      .description('make one bootable ISO per node')
      .argument('[file]', 'cluster file', 'cluster.yaml')
      .addOption(
        new Option(
          '--engine <name>',
          "what makes the images, in the place of the cluster file's",
        ).choices(['native', 'mkimage']),
      )
      .addOption(collected('--node <name>', 'build this node only; may be repeated'))
      .option('--out <dir>', 'folder that the images go to', 'out'),
  )
    .option('--signing-key <file>', "private key that signs the images' package index")
    .option('--frozen', 'fail where there is no lock, instead of making one')
    .option('--json', 'events and results as JSON lines')
    .action(async (file: string, options: BuildOptions) => {
      const { host, print, colour } = context.open(options);
      const { buildImages } = await import('../../workflows/build.ts');
      const built = await buildImages(host, {
        clusterFile: file,
        engine: options.engine,
        nodes: options.node,
        out: options.out,
        repositories: options.repository,
        keys: keysFolderOf(host, options),
        signingKey: options.signingKey,
        offline: options.offline === true,
        frozen: options.frozen === true,
        colour,
      });
      print(built.text.join('\n'));
    });
}
