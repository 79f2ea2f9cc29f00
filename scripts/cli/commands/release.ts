import path from 'node:path';
import { Command, Option } from 'commander';
import type { ImageFormat } from '../../cluster/model.ts';
import type { Shard } from '../../inputs/run-fleet.ts';
import type { ReleaseResult } from '../../workflows/release.ts';
import type { CliContext, Session } from '../context.ts';
import { formatOption } from '../format-option.ts';
import { absolutePath, absoluteSource } from '../paths.ts';
import {
  addEngineOptions,
  addRepositoryOptions,
  engineFlagsOf,
  sourceFlagsOf,
} from '../repository-options.ts';
import type { EngineOptions, RepositoryOptions } from '../repository-options.ts';
import { isFleet, runFleetCommand } from '../run-fleet-command.ts';
import { shardOption } from '../shard-option.ts';

interface ReleaseFlags extends RepositoryOptions, EngineOptions {
  readonly version: string;
  readonly prove?: 'quick' | 'full';
  readonly out?: string;
  readonly format?: readonly ImageFormat[];
  readonly previous?: string;
  readonly secdb?: string;
  readonly signingKey?: string;
  readonly shard?: Shard;
  readonly json?: boolean;
}

export function releaseCommand(context: CliContext): Command {
  const release = new Command('release')
    .description(
      'make a release: images, what is in them, where they come from, what changed, signed, in one folder',
    )
    .argument('[files...]', 'cluster files; of several each has a folder of its own in --out', [
      'cluster.yaml',
    ])
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
    .addOption(shardOption())
    .option('--json', 'events and results as JSON lines')
    .action(async (files: readonly string[], flags: ReleaseFlags, command: Command) => {
      const session = context.open(flags);
      const { host, print } = session;
      const { releaseCluster } = await import('../../workflows/release.ts');
      const { previousRelease } = await import('../../release/read/previous-release.ts');
      const build = {
        sources: await sourceFlagsOf(host, flags),
        engine: engineFlagsOf(host, flags),
        formats: flags.format,
        signingKey: absolutePath(host, flags.signingKey),
      };
      const release = {
        version: flags.version,
        prove: flags.prove,
        secdb: absoluteSource(host, flags.secdb),
        toolVersion: command.parent?.version() ?? '',
      };
      const out = absolutePath(host, flags.out ?? path.join('releases', flags.version));
      const previous = absolutePath(host, flags.previous);
      const [only = ''] = files;
      const fleet = { files, shard: flags.shard, out };
      if (!isFleet(fleet)) {
        const request = { ...release, clusterFile: only, previous, build: { ...build, out } };
        const made = await releaseCluster(host, request);
        tell(session, made);
        print(made.text.join('\n'));
        return;
      }
      await runFleetCommand(session, fleet, async (clusterFile, folder) => {
        const made = await releaseCluster(host, {
          ...{ ...release, clusterFile, build: { ...build, out: folder } },
          previous: await previousRelease(host, previous, path.basename(folder)),
        });
        tell(session, made);
        return `${made.manifest.images.length} images, ${made.manifest.packages.length} packages`;
      });
    });
}

function tell({ result }: Session, { folder, manifest }: ReleaseResult): void {
  const { version, images, signingKey } = manifest;
  result('release', {
    ...{ folder, version, signingKey },
    images: images.map(({ node, sha256 }) => ({ node, file: `${node}.iso`, sha256 })),
  });
}
