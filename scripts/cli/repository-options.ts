import path from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Host } from '../host/host.ts';

/** Where packages come from: the flags of every command that reads repositories. */
export interface RepositoryOptions {
  readonly repository: readonly string[];
  readonly keys?: string;
  readonly offline?: boolean;
}

export function addRepositoryOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--repository <dir|url>',
        'repository to use in the place of the cluster file’s: what holds <arch>/APKINDEX.tar.gz (repeatable)',
      )
        .argParser((value: string, all: readonly string[]) => [...all, value])
        .default([], 'those of the cluster file'),
    )
    .option('--keys <dir>', 'folder of trusted *.rsa.pub files (default: Alpine’s official keys)')
    .option('--offline', 'never touch the network: folders and the cache only');
}

/** `--keys` as the workflows want it: an absolute path. */
export function keysFolderOf(
  host: Pick<Host, 'cwd'>,
  { keys }: RepositoryOptions,
): string | undefined {
  return keys === undefined ? undefined : path.resolve(host.cwd, keys);
}
