import { Command } from 'commander';
import type { CliContext } from '../context.ts';

export function initCommand(context: CliContext): Command {
  return new Command('init')
    .description('write a commented starter cluster.yaml and its schema; never overwrites')
    .argument('[dir]', 'folder to write into, made when missing', '.')
    .option('--json', 'events and results as JSON lines')
    .action(async (folder: string, options: { json?: boolean }) => {
      const { host, print, result } = context.open(options);
      const { initCluster } = await import('../../workflows/init.ts');
      const { files, text } = await initCluster(host, folder);
      result('init', { files });
      print(text.join('\n'));
    });
}
