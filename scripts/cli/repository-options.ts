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
    .addOption(repositoryOption())
    .option('--keys <dir>', 'folder of trusted *.rsa.pub files (default: Alpine’s official keys)')
    .option('--offline', 'never touch the network: folders and the cache only');
}

export function repositoryOption(): Option {
  return collected(
    '--repository <dir|url>',
    'use this instead of the cluster file’s repositories: what holds <arch>/APKINDEX.tar.gz; may be repeated',
  );
}

/** What makes the images: the flags of every command whose work depends on it. */
export interface EngineOptions {
  readonly engine?: 'native' | 'mkimage';
  readonly aports?: string;
}

export function addEngineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--engine <name>', "what makes the images, instead of the cluster file's").choices(
        ['native', 'mkimage'],
      ),
    )
    .option(
      '--aports <dir|archive|url>',
      'where mkimage’s scripts come from: a checkout or a .tar.gz of aports (default: the branch at Alpine)',
    );
}

/** An option that may be given several times. */
export function collected(flags: string, description: string): Option {
  return new Option(flags, description)
    .default([], 'none')
    .argParser((value: string, all: readonly string[]) => [...all, value]);
}

/** `--keys` as the workflows want it: an absolute path. */
export function keysFolderOf(
  host: Pick<Host, 'cwd'>,
  { keys }: RepositoryOptions,
): string | undefined {
  return keys === undefined ? undefined : path.resolve(host.cwd, keys);
}
