import type { ImageFormat } from '../../cluster/model.ts';
import { formatOption } from '../format-option.ts';
import path from 'node:path';
import { Command, Option } from 'commander';
import type { CliContext } from '../context.ts';
import { absolutePath, absoluteSource } from '../paths.ts';
import {
  addEngineOptions,
  addRepositoryOptions,
  engineFlagsOf,
  sourceFlagsOf,
} from '../repository-options.ts';
import type { EngineOptions, RepositoryOptions } from '../repository-options.ts';

interface ReleaseFlags extends RepositoryOptions, EngineOptions {
  readonly version: string;
  readonly prove?: 'quick' | 'full';
  readonly out?: string;
  readonly format?: readonly ImageFormat[];
  readonly previous?: string;
  readonly secdb?: string;
  readonly signingKey?: string;
  readonly json?: boolean;
}

export function releaseCommand(context: CliContext): Command {
  const release = new Command('release')
    .description(
      'make a release: images, what is in them, where they come from, what changed, signed, in one folder',
    )
    .argument('[file]', 'cluster file', 'cluster.yaml')
    .requiredOption('--version <version>', 'name of the release, shown by its nodes: 2026.12');
  return addRepositoryOptions(addEngineOptions(release))
    .addOption(
      new Option('--prove <set>', 'release only what survives these faults').choices([
        'quick',
        'full',
      ]),
    )
    .addOption(formatOption())
    .option(
      '--out <dir>',
      'folder of the release, which must not be there (default: releases/VERSION)',
    )
    .option('--previous <dir>', 'the release before it, that CHANGES.md is against')
    .option('--secdb <file|dir|url>', 'security databases (default: https://secdb.alpinelinux.org)')
    .option('--signing-key <file>', 'private key that signs the release and its images')
    .option('--json', 'events and results as JSON lines')
    .action(async (file: string, flags: ReleaseFlags, command: Command) => {
      const { host, print, result } = context.open(flags);
      const { releaseCluster } = await import('../../workflows/release.ts');
      const made = await releaseCluster(host, {
        clusterFile: file,
        version: flags.version,
        prove: flags.prove,
        previous: absolutePath(host, flags.previous),
        secdb: absoluteSource(host, flags.secdb),
        toolVersion: command.parent?.version() ?? '',
        build: {
          sources: await sourceFlagsOf(host, flags),
          engine: engineFlagsOf(host, flags),
          formats: flags.format,
          out: absolutePath(host, flags.out ?? path.join('releases', flags.version)),
          signingKey: absolutePath(host, flags.signingKey),
        },
      });
      const { version, images, signingKey } = made.manifest;
      result('release', {
        folder: made.folder,
        version,
        images: images.map(({ node, sha256 }) => ({ node, file: `${node}.iso`, sha256 })),
        signingKey,
      });
      print(made.text.join('\n'));
    });
}
