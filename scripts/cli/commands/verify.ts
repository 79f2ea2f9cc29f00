import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { collected } from '../repository-options.ts';

export function verifyCommand(context: CliContext): Command {
  return new Command('verify')
    .description(
      'check a release folder, or an image: signature, every byte, and that all parts agree',
    )
    .argument('<what>', 'release folder, or an ISO')
    .addOption(
      collected('--key <file>', 'trust this public key, instead of your own; may be repeated'),
    )
    .option('--json', 'events and results as JSON lines')
    .action(async (what: string, flags: { readonly key: string[]; readonly json?: boolean }) => {
      const { host, print, result } = context.open(flags);
      const { verifyWhat } = await import('../../workflows/verify.ts');
      const { checks, text, error } = await verifyWhat(host, what, flags.key);
      result('verify', { checks, trusted: error === undefined });
      print(text.join('\n'));
      if (error !== undefined) throw error;
    });
}
