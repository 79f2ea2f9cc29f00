import { Command, Option } from 'commander';
import type { ImageFormat } from '../../cluster/model.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import type { Shard } from '../../inputs/run-fleet.ts';
import { formatOption } from '../format-option.ts';
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
import { isFleet, runFleetCommand } from '../run-fleet-command.ts';
import { shardOption } from '../shard-option.ts';

interface BuildOptions extends RepositoryOptions, EngineOptions {
  readonly node: string[];
  readonly format?: readonly ImageFormat[];
  readonly out: string;
  readonly signingKey?: string;
  readonly frozen?: boolean;
  readonly daemons: boolean;
  readonly shard?: Shard;
  readonly json?: boolean;
}

export function buildCommand(context: CliContext): Command {
  const build = new Command('build')
    .description('make one bootable ISO per node, of one cluster or of many')
    .argument('[files...]', 'cluster files; of several each has a folder of its own in --out', [
      'cluster.yaml',
    ]);
  return addRepositoryOptions(addEngineOptions(build))
    .addOption(
      new Option(
        '--builder <whose>',
        'where mkimage’s tools come from: locked packages, on any Linux (the default), or this Alpine host',
      ).choices(['lock', 'host']),
    )
    .addOption(collected('--node <name>', 'build this node only; may be repeated'))
    .addOption(formatOption())
    .option('--out <dir>', 'folder to write the images to', 'out')
    .option('--signing-key <file>', "private key that signs the images' package index")
    .option('--frozen', 'fail where there is no lock, instead of making one')
    .option('--no-daemons', "do not let the image's own daemons test their configuration")
    .addOption(shardOption())
    .option('--json', 'events and results as JSON lines')
    .action(async (files: readonly string[], options: BuildOptions) => {
      const session = context.open(options);
      const { host } = session;
      const { buildImages } = await import('../../workflows/build.ts');
      const request = {
        sources: await sourceFlagsOf(host, options),
        engine: engineFlagsOf(host, options),
        nodes: options.node,
        formats: options.format,
        out: absolutePath(host, options.out),
        signingKey: absolutePath(host, options.signingKey),
        frozen: options.frozen === true,
        noDaemons: !options.daemons,
      };
      const [only = ''] = files;
      const fleet = { files, shard: options.shard, out: request.out };
      if (!isFleet(fleet)) {
        const built = await buildImages(host, { ...request, clusterFile: only });
        session.print(built.text.join('\n'));
        return;
      }
      await runFleetCommand(session, fleet, async (clusterFile, out) => {
        const { images } = await buildImages(host, { ...request, clusterFile, out });
        const bytes = images.reduce((sum, { size }) => sum + size, 0);
        return `${images.length} images, ${formatBytes(bytes)}`;
      });
    });
}
