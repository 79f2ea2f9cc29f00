import { Option } from 'commander';
import type { Command } from 'commander';
import type { Host } from '../host/host.ts';
import type { EngineFlags } from '../image/build-images.ts';
import type { SourceFlags } from '../packages/sources.ts';
import { absolutePath, absoluteSource } from './paths.ts';

/** Where packages come from: the flags of every command that reads repositories. */
export interface RepositoryOptions {
  readonly repository: readonly string[];
  readonly keys?: string;
  readonly offline?: boolean;
}

/** Flags that only some of these commands have. */
interface FurtherSourceOptions {
  readonly allowUntrusted?: boolean;
  readonly allowOlder?: boolean;
  readonly rateLimit?: number;
}

/** @throws VipisoError usage for a URL scheme that cannot be read */
export async function sourceFlagsOf(
  host: Host,
  options: RepositoryOptions & FurtherSourceOptions,
): Promise<SourceFlags> {
  const { repositoriesFromFlags } = await import('../packages/repository-flags.ts');
  return {
    repositories: repositoriesFromFlags(host, options.repository),
    keysFolder: absolutePath(host, options.keys),
    offline: options.offline === true,
    allowUntrusted: options.allowUntrusted === true,
    allowOlder: options.allowOlder === true,
    rateLimit: options.rateLimit,
  };
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
  readonly builder?: 'lock' | 'host';
}

/** @throws VipisoError usage for a URL scheme that cannot be read */
export function engineFlagsOf(host: Host, options: EngineOptions): EngineFlags {
  const { engine, aports, builder } = options;
  return { name: engine, aports: absoluteSource(host, aports), builder };
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
