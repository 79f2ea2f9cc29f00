import path from 'node:path';
import { Command } from 'commander';
import { absolutePath, absoluteSource } from '../paths.ts';
import type { CliContext } from '../context.ts';
import { addRepositoryOptions, sourceFlagsOf } from '../repository-options.ts';
import type { RepositoryOptions } from '../repository-options.ts';

interface EjectOptions extends RepositoryOptions {
  readonly out: string;
  readonly aports?: string;
  readonly signingKey?: string;
  readonly json?: boolean;
}

export function ejectCommand(context: CliContext): Command {
  const eject = new Command('eject')
    .description('write all that Alpine’s mkimage.sh needs to make the images without vipiso')
    .argument('[file]', 'cluster file', 'cluster.yaml')
    .requiredOption('-o, --out <dir>', 'new or empty folder; it will hold secrets')
    .option('--aports <dir|archive|url>', 'where mkimage’s scripts come from, to pin them')
    .option('--signing-key <file>', "private key that signs the images' package index");
  return addRepositoryOptions(eject)
    .option('--json', 'events and results as JSON lines')
    .action(async (clusterFile: string, options: EjectOptions) => {
      const { host, print, result } = context.open(options);
      const { ejectCluster } = await import('../../workflows/eject.ts');
      const folder = await ejectCluster(host, {
        clusterFile,
        out: absolutePath(host, options.out),
        sources: await sourceFlagsOf(host, options),
        engine: { aports: absoluteSource(host, options.aports) },
        signingKey: absolutePath(host, options.signingKey),
      });
      result('eject', { folder });
      print(`wrote ${folder}: read its README.md (${path.join(folder, 'README.md')})`);
    });
}
