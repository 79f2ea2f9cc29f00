import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { absolutePath, absoluteSource } from '../paths.ts';
import { addRepositoryOptions, collected, sourceFlagsOf } from '../repository-options.ts';
import type { RepositoryOptions } from '../repository-options.ts';

interface ReproduceOptions extends RepositoryOptions {
  readonly site: string;
  readonly key: string[];
  readonly aports?: string;
  readonly signingKey?: string;
  readonly attest?: string;
  readonly diffoscope?: string;
  readonly json?: boolean;
}

export function reproduceCommand(context: CliContext): Command {
  const reproduce = new Command('reproduce')
    .description('build a release again from its own inputs, and compare its images byte for byte')
    .argument('<dir>', 'folder of the release');
  return addRepositoryOptions(reproduce)
    .option('--site <dir>', 'where the secret files lie as beside the cluster file', '.')
    .addOption(
      collected('--key <file>', 'trust this public key, instead of your own; may be repeated'),
    )
    .option('--aports <dir|archive|url>', 'where mkimage’s scripts come from')
    .option(
      '--signing-key <file>',
      'the private key of the release; without it the signatures that it carries stand where they fit',
    )
    .option(
      '--attest <file>',
      'sign a statement of the result by this private key, into the release',
    )
    .option('--diffoscope <dir>', 'let diffoscope write there what differs, secrets included')
    .option('--json', 'events and results as JSON lines')
    .addHelpText('after', '\nExit code 0: every image came out the same; 7: one did not.')
    .action(async (folder: string, options: ReproduceOptions) => {
      const { host, print, result } = context.open(options);
      const { reproduceRelease } = await import('../../workflows/reproduce.ts');
      const { text, error, ...told } = await reproduceRelease(host, {
        folder,
        site: absolutePath(host, options.site),
        keys: options.key,
        build: {
          sources: await sourceFlagsOf(host, options),
          engine: { aports: absoluteSource(host, options.aports) },
          signingKey: absolutePath(host, options.signingKey),
        },
        attest: absolutePath(host, options.attest),
        diffoscope: absolutePath(host, options.diffoscope),
      });
      result('reproduce', { ...told, reproduced: error === undefined });
      print(text.join('\n'));
      if (error !== undefined) throw error;
    });
}
