import { Command, Option } from 'commander';
import type { ImageFormat } from '../../cluster/model.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import type { BuildRequest } from '../../image/build-images.ts';
import type { Shard } from '../../inputs/run-fleet.ts';
import { formatOption } from '../format-option.ts';
import { absolutePath } from '../paths.ts';
import type { CliContext, Session } from '../context.ts';
import { shardOption } from '../shard-option.ts';
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
      if (files.length > 1 || options.shard !== undefined) {
        await buildFleet(session, files, { ...request, shard: options.shard });
        return;
      }
      const built = await buildImages(host, { ...request, clusterFile: only });
      session.print(built.text.join('\n'));
    });
}

async function buildFleet(
  { host, print, result }: Session,
  files: readonly string[],
  request: Omit<BuildRequest, 'clusterFile'> & { readonly shard: Shard | undefined },
): Promise<void> {
  const { buildImages } = await import('../../workflows/build.ts');
  const { runFleet } = await import('../../inputs/run-fleet.ts');
  const { out, shard } = request;
  const { rows, text, error } = await runFleet(
    host,
    { files, shard, out },
    async (file, folder) => {
      const { images } = await buildImages(host, { ...request, clusterFile: file, out: folder });
      const bytes = images.reduce((sum, { size }) => sum + size, 0);
      return `${images.length} images, ${formatBytes(bytes)}`;
    },
  );
  for (const row of rows) result('fleet', { ...row });
  print(text.join('\n'));
  if (error !== undefined) throw error;
}
