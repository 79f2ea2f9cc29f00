import { Command, Option } from 'commander';
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

interface BuildOptions extends RepositoryOptions, EngineOptions {
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
    .option('--out <dir>', 'folder that the images go to', 'out')
    .option('--signing-key <file>', "private key that signs the images' package index")
    .option('--frozen', 'fail where there is no lock, instead of making one')
    .option('--no-daemons', "do not ask the image's own daemons whether they accept their files")
    .option('--json', 'events and results as JSON lines')
    .action(async (file: string, options: BuildOptions) => {
      const { host, print } = context.open(options);
      const { buildImages } = await import('../../workflows/build.ts');
      const built = await buildImages(host, {
        clusterFile: file,
        sources: await sourceFlagsOf(host, options),
        engine: engineFlagsOf(host, options),
        nodes: options.node,
        out: absolutePath(host, options.out),
        signingKey: absolutePath(host, options.signingKey),
        frozen: options.frozen === true,
        noDaemons: !options.daemons,
      });
      print(built.text.join('\n'));
    });
}
