import { Command } from 'commander';
import { absolutePath } from '../paths.ts';
import type { CliContext } from '../context.ts';

export function compareCommand(context: CliContext): Command {
  return new Command('compare')
    .description('list what two images differ in, by meaning: packages, overlay, boot, modules')
    .argument('<a>', 'an image')
    .argument('<b>', 'another image')
    .option('--json', 'events and results as JSON lines')
    .addHelpText('after', '\nIt ends with exit code 0 where the images are equal, 4 where not.')
    .action(async (a: string, b: string, options: { json?: boolean }) => {
      const { host, print, result } = context.open(options);
      const { compareImages } = await import('../../workflows/compare.ts');
      const { differences, repacked, text, error } = await compareImages(
        host,
        absolutePath(host, a),
        absolutePath(host, b),
      );
      result('compare', { a, b, equal: error === undefined, differences, repacked });
      print(text.join('\n'));
      if (error !== undefined) throw error;
    });
}
