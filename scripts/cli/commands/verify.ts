import { Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { collected } from '../repository-options.ts';

interface VerifyOptions {
  readonly key: string[];
  readonly rebuilder: string[];
  readonly rebuilders: number;
  readonly json?: boolean;
}

export function verifyCommand(context: CliContext): Command {
  return new Command('verify')
    .description(
      'check a release folder, or an image: signature, every byte, and that all parts agree',
    )
    .argument('<what>', 'release folder, or an ISO')
    .addOption(
      collected('--key <file>', 'trust this public key, instead of your own; may be repeated'),
    )
    .addOption(
      collected(
        '--rebuilder <file>',
        'count statements of rebuilds by this public key; may be repeated',
      ),
    )
    .addOption(
      new Option('--rebuilders <n>', 'how many rebuilders must agree')
        .default(0)
        .argParser(countOf),
    )
    .option('--json', 'events and results as JSON lines')
    .action(async (what: string, flags: VerifyOptions) => {
      const { host, print, result } = context.open(flags);
      const { verifyWhat } = await import('../../workflows/verify.ts');
      const { checks, text, error } = await verifyWhat(host, what, flags.key, {
        ...{ rebuilders: flags.rebuilder, least: flags.rebuilders },
      });
      result('verify', { checks, trusted: error === undefined });
      print(text.join('\n'));
      if (error !== undefined) throw error;
    });
}

function countOf(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('must be a number');
  return Number(text);
}
