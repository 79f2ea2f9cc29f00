import { Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import {
  addEngineOptions,
  addRepositoryOptions,
  collected,
  keysFolderOf,
} from '../repository-options.ts';
import type { EngineOptions, RepositoryOptions } from '../repository-options.ts';

interface BuildOptions extends RepositoryOptions, EngineOptions {
  readonly builder?: 'lock' | 'host';
  readonly node: string[];
  readonly out: string;
  readonly signingKey?: string;
  readonly frozen?: boolean;
  readonly daemons: boolean;
  readonly json?: boolean;
}

export function buildCommand(context: CliContext): Command {
  const build = new Command('build')
    .description('make one bootable ISO per node')
    .argument('[file]', 'cluster file', 'cluster.yaml');
  return addRepositoryOptions(addEngineOptions(build))
    .addOption(
      new Option(
        '--builder <whose>',
        'where mkimage’s tools come from: locked packages, on any Linux (the default), or this Alpine host',
      ).choices(['lock', 'host']),
    )
    .addOption(collected('--node <name>', 'build this node only; may be repeated'))
    .option('--out <dir>', 'folder to write the images to', 'out')
    .option('--signing-key <file>', "private key that signs the images' package index")
    .option('--frozen', 'fail where there is no lock, instead of making one')
    .option('--no-daemons', "do not let the image's own daemons test their configuration")
    .option('--json', 'events and results as JSON lines')
    .action(async (file: string, options: BuildOptions) => {
      const { host, print, colour } = context.open(options);
      const { buildImages } = await import('../../workflows/build.ts');
      const built = await buildImages(host, {
        clusterFile: file,
        engine: options.engine,
        aports: options.aports,
        builder: options.builder,
        nodes: options.node,
        out: options.out,
        repositories: options.repository,
        keys: keysFolderOf(host, options),
        signingKey: options.signingKey,
        offline: options.offline === true,
        frozen: options.frozen === true,
        noDaemons: !options.daemons,
        colour,
      });
      print(built.text.join('\n'));
    });
}
