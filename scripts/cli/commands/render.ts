import { Command } from 'commander';
import { absolutePath } from '../paths.ts';
import type { CliContext } from '../context.ts';

export function renderCommand(context: CliContext): Command {
  return new Command('render')
    .description("write each node's file tree and overlay archive, to read before you ship it")
    .argument('[file]', 'cluster file', 'cluster.yaml')
    .requiredOption('-o, --out <dir>', 'new or empty folder, or one that an earlier render filled')
    .option('--json', 'events and results as JSON lines')
    .action(async (cluster: string, options: { out: string; json?: boolean }) => {
      const { host, print, result } = context.open(options);
      const { renderCluster } = await import('../../workflows/render.ts');
      const { folder, nodes } = await renderCluster(host, {
        cluster,
        out: absolutePath(host, options.out),
      });
      result('render', { folder, nodes });
      const lines = nodes.map(({ hostname, files }) => `  ${hostname}: ${files} files and links`);
      print([`wrote ${folder}`, ...lines].join('\n'));
    });
}
