import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { absoluteSource } from '../paths.ts';
import type { CliContext } from '../context.ts';
import { addRepositoryOptions, sourceFlagsOf } from '../repository-options.ts';
import type { RepositoryOptions } from '../repository-options.ts';

interface UpdateFlags extends RepositoryOptions {
  readonly cluster: string;
  readonly branch?: string;
  readonly dryRun?: boolean;
  readonly secdb?: string;
  readonly cves?: boolean;
  readonly allowUntrusted?: boolean;
  readonly allowOlder?: boolean;
  readonly json?: boolean;
}

const CAVEAT =
  'Alpine’s security database lists fixes only: what nobody has fixed yet is not in it.';

export function updateCommand(context: CliContext): Command {
  return addRepositoryOptions(
    new Command('update')
      .description('show what the repositories have that is newer, what it closes, and lock it')
      .argument('[package...]', 'move these, and what they need, only'),
  )
    .option('--cluster <file>', 'cluster file', 'cluster.yaml')
    .option(
      '--branch <branch>',
      'move to this branch of Alpine; the cluster file is changed too',
      branch,
    )
    .option('--dry-run', 'show only, write nothing')
    .option('--secdb <file|dir|url>', 'security databases (default: https://secdb.alpinelinux.org)')
    .option('--cves', 'also list what the versions locked now have fixed')
    .option('--allow-untrusted', 'take unsigned indexes; the lock and every manifest record it')
    .option('--allow-older', 'take indexes that are older than the locked ones')
    .option('--json', 'events and results as JSON lines')
    .action(async (packages: readonly string[], flags: UpdateFlags) => {
      const { host, print, result } = context.open(flags);
      const { updateLock } = await import('../../workflows/update.ts');
      const { formatChanges } = await import('../../packages/update/changes.ts');
      const updated = await updateLock(host, {
        clusterFile: flags.cluster,
        packages,
        branch: flags.branch,
        dryRun: flags.dryRun === true,
        secdb: absoluteSource(host, flags.secdb),
        sources: await sourceFlagsOf(host, flags),
      });
      const { changes, fixed, secdb, written, lockFile } = updated;
      const cves = flags.cves === true ? Object.fromEntries(fixed) : undefined;
      result('update', { changes, ...(cves && { fixed: cves }), written, lockFile });
      print(
        [
          ...formatChanges(changes),
          ...Object.entries(cves ?? {}).map(
            ([origin, fixes]) =>
              `already fixed in ${origin}: ${fixes.map(({ id }) => id).join(', ')}`,
          ),
          ...(secdb ? [CAVEAT] : []),
          `${path.relative(host.cwd, lockFile)}: ${verdict(written, flags.dryRun === true)}`,
        ].join('\n'),
      );
    });
}

function verdict(written: boolean, dryRun: boolean): string {
  if (written) return 'written; build again to have it in the images';
  return dryRun ? 'not touched (--dry-run)' : 'unchanged';
}

function branch(text: string): string {
  if (/^(v\d+\.\d+|edge)$/.test(text)) return text;
  throw new InvalidArgumentError('A branch such as v3.24, or edge, is expected.');
}
