import { Command } from 'commander';
import type { CliContext } from '../context.ts';

export function inspectCommand(context: CliContext): Command {
  return new Command('inspect')
    .description(
      'show what an image is, without mounting it: node, role, VIPs, services, packages, files, sizes',
    )
    .argument('<iso>', 'image')
    .option('--json', 'events and results as JSON lines')
    .action(async (iso: string, flags: { readonly json?: boolean }) => {
      const { host, print, result } = context.open(flags);
      const { inspectImage } = await import('../../workflows/inspect.ts');
      const { image, text } = await inspectImage(host, iso);
      result('image', { ...image });
      print(text.join('\n'));
    });
}
