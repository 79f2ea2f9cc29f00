import { Command } from 'commander';
import { absolutePath } from '../paths.ts';
import type { CliContext } from '../context.ts';

export function initCommand(context: CliContext): Command {
  return new Command('init')
    .description('write a commented starter cluster.yaml and its schema; never overwrites')
    .argument('[dir]', 'folder to write into, made when missing', '.')
    .option('--full', 'a complete example instead: every option set, or behind a "#"')
    .option('--json', 'events and results as JSON lines')
    .action(async (folder: string, options: { json?: boolean; full?: boolean }) => {
      const { host, print, result } = context.open(options);
      const { initCluster } = await import('../../workflows/init.ts');
      const { files, text } = await initCluster(host, absolutePath(host, folder), {
        full: options.full,
      });
      result('init', { files });
      print(text.join('\n'));
    });
}
