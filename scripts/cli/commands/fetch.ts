import { Command } from 'commander';
import { formatBytes } from '../../core/format-bytes.ts';
import type { CliContext } from '../context.ts';
import { repositoryOption } from '../repository-options.ts';

interface FetchFlags {
  readonly repository: readonly string[];
  readonly offline?: boolean;
  readonly json?: boolean;
}

export function fetchCommand(context: CliContext): Command {
  return new Command('fetch')
    .description('bring every package that the lock names into the cache, each byte verified')
    .argument('[file]', 'cluster file', 'cluster.yaml')
    .addOption(repositoryOption())
    .option('--offline', 'never touch the network: only verify what folders and the cache hold')
    .option('--json', 'events and results as JSON lines')
    .action(async (file: string, flags: FetchFlags) => {
      const { host, print, result, colour } = context.open(flags);
      const { fetchClusterFile } = await import('../../workflows/fetch-cluster.ts');
      const fetched = await fetchClusterFile(host, {
        clusterFile: file,
        repositories: flags.repository,
        offline: flags.offline === true,
        colour,
      });
      result('fetch', fetched);
      print(`${fetched.packages} packages, ${formatBytes(fetched.bytes)}: all there and verified`);
    });
}
