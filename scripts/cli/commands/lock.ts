import path from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import {
  addEngineOptions,
  addRepositoryOptions,
  engineFlagsOf,
  sourceFlagsOf,
} from '../repository-options.ts';
import type { EngineOptions, RepositoryOptions } from '../repository-options.ts';

interface LockFlags extends RepositoryOptions, EngineOptions {
  readonly allowUntrusted?: boolean;
  readonly allowOlder?: boolean;
  readonly json?: boolean;
}

export function lockCommand(context: CliContext): Command {
  const lock = new Command('lock')
    .description('choose every package, verify it, and write vipiso.lock.json beside the file')
    .argument('[file]', 'cluster file', 'cluster.yaml');
  return addEngineOptions(addRepositoryOptions(lock))
    .option('--allow-untrusted', 'take unsigned indexes; the lock and every manifest record it')
    .option('--allow-older', 'take indexes that are older than the locked ones')
    .option('--json', 'events and results as JSON lines')
    .action(async (file: string, flags: LockFlags) => {
      const { host, print, result } = context.open(flags);
      const { lockClusterFile } = await import('../../workflows/lock.ts');
      const { lock, changed, diff, lockFile } = await lockClusterFile(host, {
        clusterFile: file,
        sources: await sourceFlagsOf(host, flags),
        engine: engineFlagsOf(host, flags),
      });
      result('lock', { lockFile, changed, diff, packages: lock.packages.length });
      const verdict = changed ? 'written' : 'unchanged';
      const shown = path.relative(host.cwd, lockFile);
      print([...diff, `${shown}: ${verdict}, ${lock.packages.length} packages`].join('\n'));
    });
}
